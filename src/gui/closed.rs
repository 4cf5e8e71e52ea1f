//! Closed: why the kiosk does not open, in a window without a desk.

use slint::ComponentHandle;
use velkommen_ui::{App, ClosedAdapter, ClosedReason, Page, Session};

use super::kiosk::choose_translation;
use crate::desk::{OpenError, StoreError};
use crate::domain::language::Language;

/// Why the kiosk does not open, for the person in front and for whoever looks after the machine.
pub struct Reason {
    reason: ClosedReason,
    detail: String,
}

impl Reason {
    pub fn of(error: &OpenError) -> Reason {
        let reason = reason(error);
        // Of most reasons the window says all there is, in the person's language.
        let asks_for_it = matches!(reason, ClosedReason::Rules | ClosedReason::Key | ClosedReason::Newer | ClosedReason::Other);
        Reason { reason, detail: if asks_for_it { error.to_string() } else { String::new() } }
    }

    /// Stays on the screen until somebody closes the window.
    pub fn show(self, language: Language) -> Result<(), slint::PlatformError> {
        let window = App::new()?;
        choose_translation(language);
        let session = window.global::<Session>();
        session.set_organisation("Velkommen".into());
        window.set_page(Page::Closed);
        let page = window.global::<ClosedAdapter>();
        page.set_reason(self.reason);
        page.set_detail(self.detail.into());
        // Fails only without an event loop, and then there is nothing to end.
        page.on_close(|| drop(slint::quit_event_loop()));
        window.run()
    }
}

fn reason(error: &OpenError) -> ClosedReason {
    match error {
        OpenError::File { .. } | OpenError::Config(_) | OpenError::Profile(_) | OpenError::NoticeChanged { .. } => ClosedReason::Rules,
        OpenError::Store(error) => match error {
            StoreError::KioskRunning => ClosedReason::AnotherKiosk,
            StoreError::Busy => ClosedReason::Busy,
            StoreError::NoKey(_) | StoreError::BadKey | StoreError::WrongKey => ClosedReason::Key,
            StoreError::Damaged => ClosedReason::Damaged,
            StoreError::Foreign => ClosedReason::Foreign,
            StoreError::Newer { .. } => ClosedReason::Newer,
            StoreError::ReadOnly => ClosedReason::ReadOnly,
            StoreError::NoPermission => ClosedReason::NoPermission,
            StoreError::Full => ClosedReason::Full,
            StoreError::NotThere | StoreError::AlreadyThere | StoreError::LeftOver | StoreError::Io | StoreError::Failed { .. } => {
                ClosedReason::Other
            }
        },
    }
}
