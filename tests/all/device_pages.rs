//! Devices in the window: the camera of the check-in page, invitations, the outbox, and the sheet in Setup.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use slint::Model;
use velkommen::app::{demo, handle};
use velkommen::desk::invite_visitor::{InviteVisitor, InviteVisitorOutcome, TellHost, invite_visitor};
use velkommen::desk::list_events::list_events;
use velkommen::desk::send_messages::{ClaimedMessage, Telling};
use velkommen::desk::sign_in::HostChoice;
use velkommen::devices::camera::{Camera, Resolution, Setting};
use velkommen::devices::delivery::{Fault, Trouble};
use velkommen::devices::mail::{Mailer, Security};
use velkommen::devices::printer::{Job, Printer, QueuePrinter};
use velkommen::devices::scanner::{self, framing};
use velkommen::devices::sound::{Chime, Player};
use velkommen::devices::{Candidate, DeviceKind, Devices, scanner::Event};
use velkommen::domain::access::Actor;
use velkommen::domain::config;
use velkommen::domain::ids::MessageId;
use velkommen::domain::mail_address::MailAddress;
use velkommen::domain::message::{Arrival, Channel};
use velkommen::domain::visit::HostName;
use velkommen::gui::ask::Message;
use velkommen::gui::ask::Sent;
use velkommen::gui::window::{
    self as ui, CameraView, CheckInAdapter, DeviceTest, DevicesAdapter, Page, SettingsAdapter, SignInAdapter, SignInStep, StaffAdapter,
    TodayAdapter, VisitsAdapter, WelcomeAdapter,
};

use crate::camera::NetworkCamera;
use crate::code_pictures::{jpeg, scene};
use crate::kiosk_given::{Given, a_kiosk_with, a_kiosk_with_devices, nine};
use crate::printing::{Bus, fill_trays, free_port, ipp_uri};
use crate::servers::{Certificates, mail_server, smtp};

fn camera(source: String) -> Devices {
    let setting = Setting { source, resolution: Resolution { width: 640, height: 480 }, mirror: true };
    Devices { camera: Some(Arc::new(Camera::new(setting))), ..Devices::default() }
}

#[test]
fn five_people_hold_up_their_tickets_and_are_in_without_a_touch() {
    let film = |place: &str, code: &str| {
        let pictures = scene(&[code], (640, 480), 2).iter().map(|shot| jpeg(&shot.draw())).collect();
        NetworkCamera::new(place, pictures, Duration::from_millis(100))
    };
    let codes = &demo::imported_codes()[..5];
    let mut held_up = film("127.0.0.1:0", codes[0]);
    let address = held_up.address.clone();
    let kiosk = a_kiosk_with_devices(camera(format!("http://{address}/")), |desk| drop(demo::hold_event(desk, nine())));
    kiosk.pass(11);
    let event = kiosk.ask(|desk| list_events(desk, &Actor::Operator).unwrap()[0].id);
    let arrived =
        || kiosk.ask(move |desk| velkommen::desk::list_events::show_event(desk, &Actor::Operator, event).unwrap().unwrap().arrived);
    let before = arrived();
    for (come, code) in codes.iter().enumerate() {
        if come > 0 {
            held_up.cut();
            held_up = film(&address, code);
        }
        kiosk.kiosk.go(Page::CheckIn);
        kiosk.wait_until(|| kiosk.kiosk.page() != Page::CheckIn);
        kiosk.is_on(Page::Welcome);
        assert_eq!(arrived(), before + come + 1);
        assert_eq!(kiosk.global::<CheckInAdapter>().get_camera(), CameraView::None, "off with the page it belongs to");
        assert_eq!(kiosk.global::<CheckInAdapter>().get_picture().size().width, 0);
        assert!(!kiosk.global::<WelcomeAdapter>().get_name().is_empty());
    }
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
    kiosk.kiosk.go(Page::CheckIn);
    assert_eq!(view(), CameraView::Away, "the next person is not asked to hold a ticket up to it");
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
    kiosk.unlock();
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
    kiosk.unlock();
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
    kiosk.unlock();
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
        kiosk.global::<DevicesAdapter>().invoke_test(kind);
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

#[test]
fn staff_choose_a_camera_and_its_size_and_the_desk_remembers() {
    let kiosk = a_kiosk_with_devices(Devices { player: Some(Arc::new(Deaf)), ..Devices::default() }, |_| {});
    kiosk.unlock();
    kiosk.global::<StaffAdapter>().invoke_settings();
    kiosk.settle();
    kiosk.global::<SettingsAdapter>().invoke_open_devices();
    let page = || kiosk.global::<DevicesAdapter>();
    kiosk.wait_until(|| page().get_devices().row_count() > 0);
    kiosk.press("Choose: Camera");
    kiosk.wait_until(|| !page().get_looking());
    assert!(kiosk.sees("This machine knows of none.") || page().get_candidates().row_count() > 0);
    let found = ["/dev/video0", "/dev/video2"].map(|path| Candidate { address: path.to_owned(), name: format!("Camera at {path}") });
    handle(&kiosk.kiosk, Message::DevicesFound { kind: DeviceKind::Camera, found: found.to_vec() });
    kiosk.press("Camera at /dev/video2");
    kiosk.press("1920 × 1080");
    let camera = || kiosk.ask(|desk| desk.config().camera.clone());
    let chosen = config::Camera { resolution: (1920, 1080), ..config::Camera::at("/dev/video2") };
    assert_eq!(camera(), Some(chosen.clone()));
    let written = kiosk.ask(|desk| std::fs::read_to_string(desk.folder().config_file()).unwrap());
    assert_eq!(config::Config::parse(&written).unwrap().camera, Some(chosen));
    kiosk.press("None");
    assert_eq!(camera(), None);
    kiosk.press("Done");
    assert!(kiosk.sees("Devices"));
    // What was asked for before the sheet was left comes too late.
    handle(&kiosk.kiosk, Message::DevicesFound { kind: DeviceKind::Camera, found: found.to_vec() });
    assert!(!page().get_choosing());
}

/// Prints at once, and remembers what.
#[derive(Default)]
struct Remembering(Mutex<Vec<String>>);

impl Printer for Remembering {
    fn print(&self, job: Job) {
        assert!((job.paper)().unwrap().starts_with(b"%PDF"));
        self.0.lock().unwrap().extend(job.key);
        (job.printed)(Ok(()));
    }

    fn place(&self) -> String {
        "here".to_owned()
    }

    fn forget(&self) {}

    fn printed_ago(&self, key: &str) -> Option<Duration> {
        self.0.lock().unwrap().iter().any(|known| known == key).then_some(Duration::from_secs(60))
    }
}

#[test]
fn staff_print_a_badge_once_more_and_are_told_that_it_came_out_already() {
    let printer = Arc::new(Remembering::default());
    let devices = Devices { printer: Some(printer.clone()), ..Devices::default() };
    let kiosk = a_kiosk_with_devices(devices, |desk| drop(demo::hold_event(desk, nine())));
    let printed = || printer.0.lock().unwrap().len();
    kiosk.unlock();
    kiosk.global::<StaffAdapter>().invoke_visits();
    let visits = kiosk.global::<VisitsAdapter>();
    visits.invoke_open_sign_in();
    kiosk.fill("Name", "Åse Brændgaard");
    visits.invoke_sign_in();
    kiosk.settle();
    assert_eq!(printed(), 1, "whoever is signed in by staff has a badge too");
    visits.invoke_close_sheet();
    visits.invoke_open_sign_out(visits.get_visits().row_data(0).unwrap().key);
    kiosk.press("Print the badge");
    assert!(kiosk.sees("Already printed at 9:59."), "{:?}", kiosk.labels());
    assert_eq!(printed(), 1);
    kiosk.press("Print it once more");
    assert_eq!(printed(), 2);
    assert!(kiosk.sees("The badge is on its way to the printer."));
    visits.invoke_close_sheet();

    kiosk.global::<StaffAdapter>().invoke_events();
    kiosk.settle();
    let events = kiosk.global::<ui::EventsAdapter>();
    events.invoke_open(events.get_events().row_data(0).unwrap().key);
    kiosk.settle();
    let event = kiosk.global::<ui::EventAdapter>();
    event.invoke_open_participant(event.get_participants().row_data(0).unwrap().key);
    kiosk.press("Print the badge");
    assert_eq!(printed(), 3);
    assert!(kiosk.sees("The badge is on its way to the printer."));
}

#[test]
fn reception_is_told_of_a_host_whom_no_message_has_reached() {
    let kiosk = a_kiosk_with(|_| {});
    let at = nine().to_utc();
    let message = ClaimedMessage {
        id: MessageId::random(),
        queued_at: at,
        claimed_at: at,
        telling: Telling::Arrival {
            to: MailAddress::parse("karen@example.org").ok(),
            arrival: Arrival { visitor: None, host: HostName::parse("Karen Kærsgård").ok(), at },
        },
    };
    let sent = |outcome| {
        let sent = Sent { channel: Channel::Mail, message: message.clone(), outcome };
        handle(&kiosk.kiosk, Message::Sent(Box::new(sent)));
        kiosk.settle();
    };
    let words = "No message has reached Karen Kærsgård. Please call: a visitor is here.";
    for outcome in [Fault::Temporary(Trouble::Unreachable), Fault::Permanent(Trouble::Address)] {
        sent(Err(outcome));
        kiosk.unlock();
        kiosk.is_on(Page::Today);
        assert!(kiosk.sees(words), "{:?}", kiosk.labels());
        kiosk.press("Done");
        assert!(!kiosk.sees(words));
        kiosk.global::<StaffAdapter>().invoke_lock();
        kiosk.choose_language("English");
    }
    sent(Err(Fault::Temporary(Trouble::TimedOut)));
    sent(Ok(()));
    kiosk.unlock();
    assert!(!kiosk.sees(words), "it has arrived after all");
}

/// What the sheet of devices says of one kind, looked at until it says it.
fn says_of(kiosk: &Given, kind: ui::DeviceKind, words: &str) {
    let page = kiosk.global::<DevicesAdapter>();
    let row = || page.get_devices().iter().find(|row| row.kind == kind);
    for _ in 0..200 {
        kiosk.global::<SettingsAdapter>().invoke_open_devices();
        kiosk.wait_until(|| row().is_some_and(|row| row.test != DeviceTest::Running));
        if kiosk.says(words) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nothing says {words:?}; there is {:?}", row());
}

#[test]
fn setup_says_what_is_wrong_with_a_real_printer_and_a_real_mail_server_and_when_they_are_well_again() {
    let Some(bus) = Bus::start() else { return };
    let (ours, others) = (Certificates::new(), Certificates::new());
    let smtp = smtp(0, "starttls", &ours);
    let mailer = Arc::new(Mailer::new(mail_server(smtp.port, Security::StartTls, &others)));
    let port = free_port();
    let printer = Arc::new(QueuePrinter::ipp(&ipp_uri(port), None).unwrap());
    let devices = Devices { printer: Some(printer), mail: Some(mailer), ..Devices::default() };
    let kiosk = a_kiosk_with_devices(devices, |_| {});
    kiosk.unlock();
    kiosk.global::<StaffAdapter>().invoke_settings();
    kiosk.settle();
    says_of(&kiosk, ui::DeviceKind::Printer, "Does not answer");
    let out = bus.command(0.0);
    let there = bus.printer(port, &["-c", &out]);
    fill_trays(port, 0);
    says_of(&kiosk, ui::DeviceKind::Printer, "Out of paper");
    fill_trays(port, 25);
    says_of(&kiosk, ui::DeviceKind::Printer, "Ready");
    drop(there);
    says_of(&kiosk, ui::DeviceKind::Printer, "Does not answer");

    kiosk.press("Test: Mail to hosts");
    says_of(&kiosk, ui::DeviceKind::Mail, "Its certificate is not trusted");
}
