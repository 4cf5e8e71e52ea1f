//! The camera of the check-in page: on while that page is open, what it sees, and the codes it reads.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};
use velkommen_ui::{self as ui, CameraView, Page};

use super::ask::Message;
use super::kiosk::Kiosk;
use super::scan;
use crate::devices::camera::{Event, State, Watch};
use crate::devices::picture::Picture;

#[derive(Default)]
struct Eye {
    /// Somebody watches as long as this holds a watch.
    watch: RefCell<Option<Watch>>,
    /// So it was when it was last watched, and the page says so at once when it opens again.
    was_away: Cell<bool>,
}

/// Switches the camera on for the page that needs it, and off for all others.
pub fn look(kiosk: &Rc<Kiosk>) {
    let Some(camera) = kiosk.devices().camera else { return };
    let eye = kiosk.house::<Eye>();
    let mut watch = eye.watch.borrow_mut();
    let is_wanted = kiosk.page() == Page::CheckIn;
    if is_wanted == watch.is_some() {
        return;
    }
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    page.set_camera(if is_wanted { view(State::Starting, &eye) } else { CameraView::None });
    page.set_picture(Image::default());
    *watch = is_wanted.then(|| {
        let post = kiosk.desk.post();
        camera.watch(move |event| post.send(Message::Camera(event)))
    });
}

/// What the camera tells. News from before the page was left come too late.
pub fn heard(kiosk: &Rc<Kiosk>, event: Event) {
    let eye = kiosk.house::<Eye>();
    let Some(camera) = kiosk.devices().camera.filter(|_| eye.watch.borrow().is_some()) else { return };
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    match event {
        Event::Picture => {
            if let Some(picture) = camera.see(picture_out) {
                page.set_picture(picture);
            }
        }
        Event::Code(code) => scan::read(kiosk, code.into_string()),
        Event::State(state) => {
            let view = view(state, &eye);
            eye.was_away.set(view == CameraView::Away);
            page.set_camera(view);
        }
    }
}

fn picture_out(picture: &Picture) -> Image {
    Image::from_rgb8(SharedPixelBuffer::<Rgb8Pixel>::clone_from_slice(picture.rgb(), picture.width(), picture.height()))
}

fn view(state: State, eye: &Eye) -> CameraView {
    match state {
        State::Off | State::Starting if eye.was_away.get() => CameraView::Away,
        State::Off | State::Starting => CameraView::Starting,
        State::Running => CameraView::Live,
        State::Black => CameraView::Dark,
        State::Frozen | State::Unplugged | State::NotAllowed | State::NoPictures => CameraView::Away,
    }
}
