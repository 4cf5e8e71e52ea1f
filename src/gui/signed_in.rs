//! Signed in: welcome, the badge, and the short code.

use std::rc::Rc;

use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer, SharedString};

use super::Kiosk;
use super::devices::label_of;
use super::window::{self as ui, Page};
use crate::desk::sign_in::SignedIn;
use crate::documents::badge::{self, Badge};
use crate::documents::dates;
use crate::domain::visit::{Company, HostName};

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::SignedInAdapter>().on_done(kiosk.calls(|kiosk| kiosk.rest()));
}

/// Nothing of the last visitor stays in the window.
pub(super) fn reset(kiosk: &Rc<Kiosk>) {
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
}

/// Opens the page for somebody who has just signed in, and prints the badge where there is a printer.
pub(super) fn welcome(kiosk: &Rc<Kiosk>, signed_in: SignedIn) {
    let page = kiosk.window.global::<ui::SignedInAdapter>();
    page.set_qr(qr(signed_in.code.as_str()).unwrap_or_default());
    page.set_badge_prints(kiosk.prints("badge"));
    print_badge(kiosk, &signed_in);
    kiosk.session.borrow_mut().signed_in = Some(signed_in);
    kiosk.go(Page::SignedIn);
}

pub(super) fn refresh(kiosk: &Rc<Kiosk>) {
    let session = kiosk.session.borrow();
    let Some(signed_in) = &session.signed_in else { return };
    let language = kiosk.language();
    let page = kiosk.window.global::<ui::SignedInAdapter>();
    page.set_name(signed_in.name.as_str().into());
    page.set_company(signed_in.company.as_ref().map(Company::as_str).unwrap_or_default().into());
    page.set_host(signed_in.host.as_ref().map(HostName::as_str).unwrap_or_default().into());
    page.set_time(dates::time(&kiosk.local(signed_in.signed_in_at), language).into());
    page.set_erase_on(dates::day_and_month(kiosk.local(signed_in.erase_after).date_naive(), language).into());
    page.set_code(signed_in.code.shown().into());
}

fn print_badge(kiosk: &Rc<Kiosk>, signed_in: &SignedIn) {
    let Some(printer) = kiosk.devices.printer.clone() else { return };
    let badge = Badge {
        organisation: kiosk.facts.borrow().organisation().to_owned(),
        name: signed_in.name.as_str().to_owned(),
        company: signed_in.company.as_ref().map(|company| company.as_str().to_owned()),
        host: signed_in.host.as_ref().map(|host| host.as_str().to_owned()),
        signed_in_at: kiosk.local(signed_in.signed_in_at),
        code: signed_in.code.as_str().to_owned(),
    };
    let language = kiosk.language();
    // A badge that does not print holds nobody up: the code stands on the page.
    let size = label_of(&*printer);
    printer.print_later(
        "badge",
        Box::new(move || badge::render(&badge, language, size).map_err(|error| error.to_string())),
        Box::new(|_| {}),
    );
}

/// The QR of a short code, one pixel a module with a quiet zone of four; the page draws it larger.
fn qr(code: &str) -> Option<Image> {
    let qr = qrcode::QrCode::with_error_correction_level(code, qrcode::EcLevel::M).ok()?;
    const QUIET: usize = 4;
    let side = qr.width() + 2 * QUIET;
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(side as u32, side as u32);
    for (at, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (at % side, at / side);
        let inside = |place| (QUIET..QUIET + qr.width()).contains(&place);
        let is_dark = inside(x) && inside(y) && qr[(x - QUIET, y - QUIET)] == qrcode::Color::Dark;
        let shade = if is_dark { 0 } else { 255 };
        *pixel = Rgb8Pixel::new(shade, shade, shade);
    }
    Some(Image::from_rgb8(pixels))
}
