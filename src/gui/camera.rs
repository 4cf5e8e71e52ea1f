//! The camera of the check-in page: on while that page is open, what it sees, and the codes it reads.

use std::cell::RefCell;
use std::rc::Rc;

use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};

use super::ask::Message;
use super::window::{self as ui, CameraView, Page};
use super::{Kiosk, scan};
use crate::devices::camera::{Event, State, Watch};
use crate::devices::picture::Picture;

/// Somebody watches as long as this holds a watch.
#[derive(Default)]
pub struct Eye(RefCell<Option<Watch>>);

/// Switches the camera on for the page that needs it, and off for all others.
pub(super) fn look(kiosk: &Rc<Kiosk>) {
    let Some(camera) = kiosk.devices().camera else { return };
    let mut watch = kiosk.eye.0.borrow_mut();
    let is_wanted = kiosk.page() == Page::CheckIn;
    if is_wanted == watch.is_some() {
        return;
    }
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    page.set_camera(if is_wanted { CameraView::Starting } else { CameraView::None });
    page.set_picture(Image::default());
    *watch = is_wanted.then(|| {
        let post = kiosk.desk.post();
        camera.watch(move |event| post.send(Message::Camera(event)))
    });
}

/// What the camera tells. News from before the page was left come too late.
pub fn heard(kiosk: &Rc<Kiosk>, event: Event) {
    let Some(camera) = kiosk.devices().camera.filter(|_| kiosk.eye.0.borrow().is_some()) else { return };
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    match event {
        Event::Picture => {
            if let Some(picture) = camera.see(picture_out) {
                page.set_picture(picture);
            }
        }
        Event::Code(code) => scan::read(kiosk, code.into_string()),
        Event::State(state) => page.set_camera(view(state)),
    }
}

fn picture_out(picture: &Picture) -> Image {
    Image::from_rgb8(SharedPixelBuffer::<Rgb8Pixel>::clone_from_slice(picture.rgb(), picture.width(), picture.height()))
}

fn view(state: State) -> CameraView {
    match state {
        State::Off | State::Starting => CameraView::Starting,
        State::Running => CameraView::Live,
        State::Black => CameraView::Dark,
        State::Frozen | State::Unplugged | State::NotAllowed | State::NoPictures => CameraView::Away,
    }
}
