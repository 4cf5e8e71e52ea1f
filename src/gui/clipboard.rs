//! The clipboards between whoever stood here and whoever comes next: nothing is ever put into them, neither by a key nor by
//! selecting, so nobody's name and no secret is left there. What other programs hold is for staff alone to paste.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use i_slint_core::{InternalToken, SlintContextWeak};
use slint::PlatformError;
use slint::platform::{Clipboard, EventLoopProxy, Platform, WindowAdapter};

thread_local! {
    /// Staff stand before the window of this thread.
    static IS_OPEN: Cell<bool> = const { Cell::new(false) };
}

/// Lets staff paste, or nobody.
pub(super) fn open(for_staff: bool) {
    IS_OPEN.set(for_staff);
}

/// A window system whose clipboards take nothing.
///
/// **Source** T5
pub struct Guarded(pub Box<dyn Platform>);

impl Platform for Guarded {
    fn set_clipboard_text(&self, _text: &str, _clipboard: Clipboard) {}

    fn clipboard_text(&self, clipboard: Clipboard) -> Option<String> {
        // A middle click pastes without anybody having copied.
        let is_copied = clipboard == Clipboard::DefaultClipboard;
        if is_copied && IS_OPEN.get() { self.0.clipboard_text(clipboard) } else { None }
    }

    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        self.0.create_window_adapter()
    }

    fn run_event_loop(&self) -> Result<(), PlatformError> {
        self.0.run_event_loop()
    }

    fn bind_context(&self, context: SlintContextWeak, token: InternalToken) {
        self.0.bind_context(context, token);
    }

    fn new_event_loop_proxy(&self) -> Option<Box<dyn EventLoopProxy>> {
        self.0.new_event_loop_proxy()
    }

    fn duration_since_start(&self) -> Duration {
        self.0.duration_since_start()
    }

    fn click_interval(&self) -> Duration {
        self.0.click_interval()
    }

    fn cursor_flash_cycle(&self) -> Duration {
        self.0.cursor_flash_cycle()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// A desktop on which another program has copied something.
    #[derive(Default)]
    struct Desktop(Rc<RefCell<Vec<String>>>);

    impl Platform for Desktop {
        fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
            Err(PlatformError::NoPlatform)
        }

        fn set_clipboard_text(&self, text: &str, _clipboard: Clipboard) {
            self.0.borrow_mut().push(text.to_owned());
        }

        fn clipboard_text(&self, _clipboard: Clipboard) -> Option<String> {
            Some("from elsewhere".to_owned())
        }
    }

    const BOTH: [Clipboard; 2] = [Clipboard::DefaultClipboard, Clipboard::SelectionClipboard];

    #[test]
    fn nothing_is_put_into_a_clipboard_whoever_stands_there() {
        let desktop = Desktop::default();
        let held = desktop.0.clone();
        let guarded = Guarded(Box::new(desktop));
        for staff in [false, true] {
            open(staff);
            BOTH.into_iter().for_each(|clipboard| guarded.set_clipboard_text("Bo Skov", clipboard));
        }
        assert!(held.borrow().is_empty());
    }

    #[test]
    fn what_another_program_has_copied_is_for_staff_alone() {
        let guarded = Guarded(Box::new(Desktop::default()));
        let pasted = |staff| {
            open(staff);
            BOTH.map(|clipboard| guarded.clipboard_text(clipboard).is_some())
        };
        assert_eq!(pasted(false), [false, false]);
        assert_eq!(pasted(true), [true, false]);
    }
}
