//! Devices in the window: the camera of the check-in page, invitations, the outbox, and the sheet in Setup.

use std::sync::Arc;
use std::time::Duration;

use slint::Model;
use velkommen::app::{demo, handle};
use velkommen::desk::invite_visitor::{InviteVisitor, InviteVisitorOutcome, TellHost, invite_visitor};
use velkommen::desk::list_events::list_events;
use velkommen::desk::sign_in::HostChoice;
use velkommen::devices::camera::{Camera, Resolution, Setting};
use velkommen::devices::scanner::{self, framing};
use velkommen::devices::sound::{Chime, Player};
use velkommen::devices::{Devices, scanner::Event};
use velkommen::domain::access::Actor;
use velkommen::gui::ask::Message;
use velkommen::gui::window::{
    self as ui, CameraView, CheckInAdapter, DeviceTest, DevicesAdapter, Page, SettingsAdapter, SignInAdapter, SignInStep, StaffAdapter,
    TodayAdapter, UnlockAdapter, WelcomeAdapter,
};

use crate::camera::NetworkCamera;
use crate::code_pictures::{jpeg, scene};
use crate::kiosk_given::{Given, a_kiosk_with, a_kiosk_with_devices};

fn nine() -> chrono::DateTime<chrono_tz::Tz> {
    let at: chrono::DateTime<chrono::Utc> = "2026-03-12T09:00:00Z".parse().unwrap();
    at.with_timezone(&chrono_tz::Europe::Copenhagen)
}

fn camera(source: String) -> Devices {
    let setting = Setting { source, resolution: Resolution { width: 640, height: 480 }, mirror: true };
    Devices { camera: Some(Arc::new(Camera::new(setting))), ..Devices::default() }
}

fn unlock(kiosk: &Given) {
    kiosk.global::<ui::HomeAdapter>().invoke_staff();
    kiosk.global::<UnlockAdapter>().set_name(demo::STAFF_NAME.into());
    kiosk.global::<UnlockAdapter>().set_secret(demo::STAFF_PIN.into());
    kiosk.global::<UnlockAdapter>().invoke_unlock();
    kiosk.settle();
}

#[test]
fn five_people_hold_up_their_tickets_and_are_in_without_a_touch() {
    let codes = &demo::imported_codes()[..5];
    let pictures = scene(codes, (640, 480), 2).iter().map(|shot| jpeg(&shot.draw())).collect();
    // All five pass within three seconds: the film begins anew with each page, and a ticket that was gone for three would be read again.
    let film = NetworkCamera::new("127.0.0.1:0", pictures, Duration::from_millis(250));
    let kiosk = a_kiosk_with_devices(camera(format!("http://{}/", film.address)), |desk| drop(demo::hold_event(desk, nine())));
    kiosk.pass(11);
    let event = kiosk.ask(|desk| list_events(desk, &Actor::Operator).unwrap()[0].id);
    let arrived =
        || kiosk.ask(move |desk| velkommen::desk::list_events::show_event(desk, &Actor::Operator, event).unwrap().unwrap().arrived);
    let before = arrived();
    let mut rounds = 0;
    while arrived() < before + codes.len() {
        rounds += 1;
        assert!(rounds < 40, "{} came", arrived() - before);
        kiosk.kiosk.go(Page::CheckIn);
        kiosk.wait_until(|| kiosk.kiosk.page() != Page::CheckIn);
        assert!(matches!(kiosk.kiosk.page(), Page::Welcome | Page::MyTicket));
        assert_eq!(kiosk.global::<CheckInAdapter>().get_camera(), CameraView::None, "off with the page it belongs to");
        assert_eq!(kiosk.global::<CheckInAdapter>().get_picture().size().width, 0);
    }
    assert!(!kiosk.global::<WelcomeAdapter>().get_name().is_empty() || kiosk.kiosk.page() == Page::MyTicket);
}

#[test]
fn the_page_shows_what_the_camera_sees_and_says_what_else_to_do_when_it_is_gone() {
    // Somebody stands there with nothing in their hands, and moves a little.
    let moment =
        |shade: u8| jpeg(&image::GrayImage::from_fn(640, 480, |x, y| image::Luma([((x / 4 + y / 8) as u8).wrapping_add(shade) / 2 + 60])));
    let pictures = (0..6).map(moment).collect();
    let mut film = NetworkCamera::new("127.0.0.1:0", pictures, Duration::from_millis(33));
    let kiosk = a_kiosk_with_devices(camera(format!("http://{}/", film.address)), |_| {});
    assert_eq!(kiosk.global::<CheckInAdapter>().get_camera(), CameraView::None, "nobody is there to be seen");
    let view = || kiosk.global::<CheckInAdapter>().get_camera();
    kiosk.kiosk.go(Page::CheckIn);
    assert_eq!(view(), CameraView::Starting);
    kiosk.wait_until(|| view() == CameraView::Live && kiosk.global::<CheckInAdapter>().get_picture().size().width > 0);
    assert!(kiosk.sees("The camera is on"));
    film.cut();
    kiosk.wait_until(|| view() == CameraView::Away);
    assert!(kiosk.says("The camera does not answer just now."));
    kiosk.kiosk.rest();
    assert_eq!(view(), CameraView::None);
}

#[test]
fn whoever_was_invited_shows_the_code_and_only_confirms() {
    let kiosk = a_kiosk_with(|_| {});
    let input = InviteVisitor {
        name: "Tove Ålbæk".to_owned(),
        company: "Grønbech & Søn".to_owned(),
        title: String::new(),
        host: HostChoice::Typed("Karen Kærsgård".to_owned()),
        starts: "2026-03-12T13:00".to_owned(),
        ends: String::new(),
        tell: TellHost::NotAtAll,
    };
    let code = kiosk.ask(move |desk| match invite_visitor(desk, &Actor::Operator, &input).unwrap() {
        InviteVisitorOutcome::Invited { invitation, .. } => invitation.code.as_str().to_owned(),
        InviteVisitorOutcome::Refused(faults) => panic!("{faults:?}"),
    });
    unlock(&kiosk);
    kiosk.is_on(Page::Today);
    let expected = || kiosk.global::<TodayAdapter>().get_expected().iter().map(|visit| visit.name.to_string()).collect::<Vec<_>>();
    assert_eq!(expected(), ["Tove Ålbæk"]);
    kiosk.global::<StaffAdapter>().invoke_lock();
    kiosk.choose_language("English");

    kiosk.scan(&code);
    kiosk.is_on(Page::SignIn);
    let form = kiosk.global::<SignInAdapter>();
    assert_eq!(form.get_step(), SignInStep::Notice);
    assert_eq!((form.get_name().as_str(), form.get_company().as_str()), ("Tove Ålbæk", "Grønbech & Søn"));
    kiosk.press("Sign in");
    kiosk.is_on(Page::SignedIn);
    assert_eq!(kiosk.names(), ["Tove Ålbæk"]);
    // The same code is the badge's now: it signs out.
    kiosk.scan(&code);
    kiosk.is_on(Page::SignedOut);
    unlock(&kiosk);
    assert!(expected().is_empty());
}

/// Plays nothing.
struct Deaf;

impl Player for Deaf {
    fn play(&self, _: Chime) {}

    fn place(&self) -> Option<String> {
        None
    }
}

#[test]
fn setup_says_how_every_device_is_and_tests_it() {
    let choice = scanner::Choice { device: "/dev/input/none".to_owned(), suffix: framing::Suffix::Enter, gap: Duration::from_millis(100) };
    let devices = Devices { player: Some(Arc::new(Deaf)), scanners: vec![choice], ..Devices::default() };
    let kiosk = a_kiosk_with_devices(devices, |_| {});
    unlock(&kiosk);
    kiosk.global::<StaffAdapter>().invoke_settings();
    kiosk.settle();
    kiosk.global::<SettingsAdapter>().invoke_open_devices();
    let rows = || kiosk.global::<DevicesAdapter>().get_devices().iter().collect::<Vec<_>>();
    kiosk.wait_until(|| !rows().is_empty());
    let of = |kind| rows().into_iter().position(|row| row.kind == kind).unwrap();
    let state = |kind| rows()[of(kind)].state;
    assert_eq!(state(ui::DeviceKind::Camera), ui::DeviceState::Off);
    assert_eq!(state(ui::DeviceKind::Scanner), ui::DeviceState::Absent);
    assert_eq!(state(ui::DeviceKind::Printer), ui::DeviceState::Ready);
    assert!(!rows()[of(ui::DeviceKind::Camera)].can_test);
    assert!(kiosk.sees("Not found") || kiosk.says("Not found"));

    let test = |kind| {
        kiosk.global::<DevicesAdapter>().invoke_test(of(kind) as i32);
        rows()[of(kind)].test
    };
    assert_eq!(test(ui::DeviceKind::Sound), DeviceTest::Worked);
    assert_eq!(test(ui::DeviceKind::Printer), DeviceTest::Running);
    kiosk.wait_until(|| rows()[of(ui::DeviceKind::Printer)].test == DeviceTest::Worked);
    assert!(kiosk.paper("test").exists());
    assert_eq!(test(ui::DeviceKind::Scanner), DeviceTest::Running);
    handle(&kiosk.kiosk, Message::Scanner(Event::Scan("ANYTHING".to_owned())));
    assert_eq!(rows()[of(ui::DeviceKind::Scanner)].test, DeviceTest::Worked);
    kiosk.is_on(Page::Settings);
}
