//! The window on whatever screen there is: how large it opens, and how its pages fit where they are larger than it.

use std::cell::OnceCell;
use std::rc::Rc;

use i_slint_backend_winit::winit::event::WindowEvent as Event;
use i_slint_backend_winit::winit::event_loop::ActiveEventLoop;
use i_slint_backend_winit::winit::window::WindowId;
use i_slint_backend_winit::{Backend, CustomApplicationHandler, EventResult, winit};
use slint::platform::WindowEvent;
use slint::{ComponentHandle, PhysicalSize};

use crate::gui::clipboard::Guarded;
use crate::gui::window::App;

/// The smallest window that the pages are drawn for, lying; standing it is the other way round.
const SMALLEST: (f32, f32) = (1280.0, 800.0);
/// The window that is large enough, lying.
const LARGEST: (f32, f32) = (1920.0, 1080.0);
/// How much of a screen a window takes that does not fill it: a task bar and a title want their place.
const PART_OF_SCREEN: (f32, f32) = (0.94, 0.86);

/// How large a window opens, in pixels, on a screen of so many pixels with so many of them to a point.
pub fn opening_size((width, height): (u32, u32), scale: f32) -> (u32, u32) {
    let largest = if height > width { (LARGEST.1, LARGEST.0) } else { LARGEST };
    let side = |pixels: u32, part: f32, most: f32| (pixels as f32 * part).min(most * scale).round() as u32;
    (side(width, PART_OF_SCREEN.0, largest.0), side(height, PART_OF_SCREEN.1, largest.1))
}

/// How many pixels make a point in a window of so many pixels: as many as the screen says, and fewer where the smallest page
/// would not fit.
pub fn scale_for((width, height): (u32, u32), scale: f32) -> f32 {
    let (page_width, page_height) = if height > width { (SMALLEST.1, SMALLEST.0) } else { SMALLEST };
    scale.min(width as f32 / page_width).min(height as f32 / page_height)
}

/// The window's back-end: it opens a window as large as its screen allows, fits its pages to it, and leaves nothing in a
/// clipboard.
///
/// # Errors
/// There is no screen.
pub fn select() -> Result<Opening, slint::PlatformError> {
    let opening = Opening::default();
    let fit = Fit { opening: opening.clone(), scale: None, is_fitted: false };
    let backend = Backend::builder().with_custom_application_handler(Box::new(fit)).build()?;
    slint::platform::set_platform(Box::new(Guarded(Box::new(backend)))).map_err(|error| error.to_string())?;
    Ok(opening)
}

/// The window that is to open in a size of its screen's. One that fills its screen needs none.
pub type Opening = Rc<OnceCell<slint::Weak<App>>>;

struct Fit {
    opening: Opening,
    /// What the screen says.
    scale: Option<f32>,
    /// Not before the first event: a window that opens is told its size by none.
    is_fitted: bool,
}

impl CustomApplicationHandler for Fit {
    /// Before the window is made.
    fn resumed(&mut self, event_loop: &ActiveEventLoop) -> EventResult {
        let screen = event_loop.primary_monitor().or_else(|| event_loop.available_monitors().next());
        if let (Some(window), Some(screen)) = (self.opening.get().and_then(slint::Weak::upgrade), screen) {
            let (width, height) = opening_size(screen.size().into(), screen.scale_factor() as f32);
            window.window().set_size(PhysicalSize::new(width, height));
        }
        EventResult::Propagate
    }

    fn window_event(
        &mut self,
        _event_loop: &ActiveEventLoop,
        _id: WindowId,
        winit_window: Option<&winit::window::Window>,
        window: Option<&slint::Window>,
        event: &Event,
    ) -> EventResult {
        let (Some(window), Some(winit_window)) = (window, winit_window) else { return EventResult::Propagate };
        let size = match event {
            Event::ScaleFactorChanged { scale_factor, .. } => {
                (self.scale, self.is_fitted) = (Some(*scale_factor as f32), false);
                return EventResult::Propagate;
            }
            Event::Resized(size) => *size,
            _ if !self.is_fitted => winit_window.inner_size(),
            _ => return EventResult::Propagate,
        };
        if size.width > 0 && size.height > 0 {
            self.is_fitted = true;
            let scale = *self.scale.get_or_insert_with(|| window.scale_factor());
            let scale_factor = scale_for(size.into(), scale);
            if scale_factor != window.scale_factor() {
                window.dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor });
                window.dispatch_event(WindowEvent::Resized { size: PhysicalSize::new(size.width, size.height).to_logical(scale_factor) });
            }
        }
        EventResult::Propagate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_in_sight_on_every_screen() {
        for screen in [(1024, 600), (1280, 800), (1366, 768), (1920, 1080), (2560, 1440), (3840, 2160), (800, 1280), (1080, 1920)] {
            for scale in [1.0, 1.5, 2.0] {
                let (width, height) = opening_size(screen, scale);
                assert!(width < screen.0 && height < screen.1, "{screen:?}");
                // It stands where the screen stands, and is never smaller than the smallest page.
                assert_eq!(height > width, screen.1 > screen.0, "{screen:?}");
                let scale = scale_for((width, height), scale);
                let (across, down) = (width as f32 / scale, height as f32 / scale);
                assert!(across.max(down) > 1279.0 && across.min(down) > 799.0, "{screen:?}: {across} {down}");
            }
        }
        // A large screen is not filled, and a page is never drawn larger than the screen says.
        assert_eq!((opening_size((3840, 2160), 1.0), scale_for((1920, 1080), 1.0)), ((1920, 1080), 1.0));
    }
}
