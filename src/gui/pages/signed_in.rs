//! Signed in: welcome, the badge, and the short code.

use std::rc::Rc;

use image::DynamicImage;
use slint::{ComponentHandle, Image, SharedPixelBuffer, SharedString};
use velkommen_ui::{self as ui, BadgePromise, Page};

use crate::desk::sign_in::SignedIn;
use crate::desk::take_badge::VisitorBadge;
use crate::documents::{dates, qr};
use crate::domain::visit::{Company, HostName};
use crate::gui::badges;
use crate::gui::kiosk::{Kiosk, Part};

pub const PART: Part = Part { connect, reset, refresh, tick, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::SignedInAdapter>().on_done(kiosk.calls(|kiosk| kiosk.rest()));
}

/// Nothing of the last visitor stays in the window.
fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SignedInAdapter>();
    for empty in [
        ui::SignedInAdapter::set_name,
        ui::SignedInAdapter::set_company,
        ui::SignedInAdapter::set_host,
        ui::SignedInAdapter::set_code,
        ui::SignedInAdapter::set_time,
        ui::SignedInAdapter::set_erase_on,
    ] {
        empty(&page, SharedString::new());
    }
    page.set_qr(Image::default());
    page.set_badge(BadgePromise::None);
}

/// Opens the page for somebody who has just signed in, and prints the badge where there is a printer.
pub(super) fn open(kiosk: &Rc<Kiosk>, signed_in: SignedIn) {
    let page = kiosk.window.global::<ui::SignedInAdapter>();
    page.set_qr(qr(signed_in.code.as_str()).unwrap_or_default());
    badges::print_visitor(kiosk, VisitorBadge::from(&signed_in));
    kiosk.hold(Some(signed_in));
    kiosk.go(Page::SignedIn);
}

/// A printer may stop answering while the badge is still to come.
fn tick(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::SignedInAdapter>().set_badge(badges::promise(kiosk));
}

fn refresh(kiosk: &Rc<Kiosk>) {
    tick(kiosk);
    let signed_in = kiosk.session::<Option<SignedIn>>();
    let signed_in = signed_in.borrow();
    let Some(signed_in) = signed_in.as_ref() else { return };
    let language = kiosk.language();
    let page = kiosk.window.global::<ui::SignedInAdapter>();
    page.set_name(signed_in.name.as_str().into());
    page.set_company(signed_in.company.as_ref().map(Company::as_str).unwrap_or_default().into());
    page.set_host(signed_in.host.as_ref().map(HostName::as_str).unwrap_or_default().into());
    page.set_time(dates::time(&kiosk.local(signed_in.signed_in_at), language).into());
    page.set_erase_on(dates::day_and_month(kiosk.local(signed_in.erase_after).date_naive(), language).into());
    page.set_code(signed_in.code.shown().into());
}

/// The QR of a short code, one pixel a module; the page draws it larger.
fn qr(code: &str) -> Option<Image> {
    let picture = DynamicImage::from(qr::picture(code, 1).ok()?).into_rgb8();
    Some(Image::from_rgb8(SharedPixelBuffer::clone_from_slice(&picture, picture.width(), picture.height())))
}
