//! The camera with real sources: a network camera on loopback that is cut and comes back, FIFOs, files, a folder.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use velkommen::devices::camera::{Camera, Event, Resolution, Setting, State, Watch};

use crate::code_pictures::{Draw, held_up, jpeg, scene, ticket};

/// As long as anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const FRAME: Duration = Duration::from_millis(33);

/// A network camera on loopback, until it is cut.
pub struct NetworkCamera {
    pub address: String,
    is_cut: Arc<AtomicBool>,
    served: Option<JoinHandle<()>>,
}

impl NetworkCamera {
    /// Shows these JPEG pictures over and over to whoever asks, one each `every`, from the first one on.
    pub fn new(place: &str, pictures: Vec<Vec<u8>>, every: Duration) -> NetworkCamera {
        let listener = TcpListener::bind(place).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let is_cut = Arc::new(AtomicBool::new(false));
        let cut = is_cut.clone();
        let served = std::thread::spawn(move || {
            while !cut.load(Ordering::SeqCst) {
                match listener.accept() {
                    Ok((stream, _)) => drop(serve(&stream, &pictures, every, &cut)),
                    Err(_) => std::thread::sleep(Duration::from_millis(5)),
                }
            }
        });
        NetworkCamera { address, is_cut, served: Some(served) }
    }

    pub fn cut(&mut self) {
        self.is_cut.store(true, Ordering::SeqCst);
        self.served.take().map(JoinHandle::join);
    }
}

impl Drop for NetworkCamera {
    fn drop(&mut self) {
        self.cut();
    }
}

fn serve(stream: &TcpStream, pictures: &[Vec<u8>], every: Duration, cut: &AtomicBool) -> std::io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_write_timeout(Some(Duration::from_secs(2)))?;
    let asked = BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect::<Vec<_>>();
    let mut out = stream;
    if asked.first().is_some_and(|line| line.contains("/locked")) && !asked.contains(&"Authorization: Basic aWRhOnMzY3JldA==".to_owned()) {
        return out.write_all(b"HTTP/1.0 401 Unauthorized\r\n\r\n");
    }
    out.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")?;
    for picture in pictures.iter().cycle() {
        if cut.load(Ordering::SeqCst) {
            return Ok(());
        }
        write!(out, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", picture.len())?;
        out.write_all(picture)?;
        out.write_all(b"\r\n")?;
        std::thread::sleep(every);
    }
    Ok(())
}

/// What a camera tells.
struct Told {
    camera: Camera,
    events: Receiver<Event>,
    watch: Option<Watch>,
}

fn setting(source: impl Into<String>) -> Setting {
    Setting { source: source.into(), resolution: Resolution { width: 1280, height: 720 }, mirror: false }
}

fn on(source: impl Into<String>) -> Told {
    let camera = Camera::new(setting(source));
    let (events, watch) = watch(&camera);
    Told { camera, events, watch: Some(watch) }
}

fn watch(camera: &Camera) -> (Receiver<Event>, Watch) {
    let (tell, events): (Sender<Event>, _) = channel();
    let watch = camera.watch(move |event| drop(tell.send(event)));
    (events, watch)
}

impl Told {
    /// Waits until it tells this.
    #[track_caller]
    fn tells(&self, wanted: &Event) {
        let until = Instant::now() + PATIENCE;
        loop {
            let event = self.events.recv_timeout(until.saturating_duration_since(Instant::now()));
            match event {
                Ok(event) if event == *wanted => return,
                Ok(_) => {}
                Err(_) => panic!("{wanted:?} was not told; the camera is {:?}", self.camera.state()),
            }
        }
    }

    #[track_caller]
    fn is(&self, state: State) {
        self.tells(&Event::State(state));
    }

    #[track_caller]
    fn code(&self) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.events.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Event::Code(code)) => return code.into_string(),
                Ok(_) => {}
                Err(_) => panic!("no code was told; the camera is {:?}", self.camera.state()),
            }
        }
    }

    /// What it tells within this time.
    fn told_within(&self, time: Duration) -> Vec<Event> {
        let until = Instant::now() + time;
        std::iter::from_fn(|| self.events.recv_timeout(until.saturating_duration_since(Instant::now())).ok()).collect()
    }
}

fn codes(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event, Event::Code(_))).count()
}

/// A ticket before a camera that is not quite still.
fn a_ticket(text: &str) -> Vec<Vec<u8>> {
    (1..=4u8)
        .map(|seed| {
            let mut shot = held_up(text, (320, 240));
            shot.codes[0].side = 200.0;
            shot.seed = u64::from(seed);
            jpeg(&shot.draw())
        })
        .collect()
}

#[test]
fn whoever_panics_at_what_a_camera_tells_hears_what_it_tells_next() {
    let camera = Camera::new(setting("/no/such/camera"));
    let (tell, events) = channel();
    let _watch = camera.watch(move |event| {
        assert_ne!(event, Event::State(State::Starting), "at the first word");
        tell.send(event).unwrap();
    });
    assert_eq!(events.recv_timeout(PATIENCE), Ok(Event::State(State::Unplugged)));
}

#[test]
fn a_ticket_held_up_is_told_once_and_again_after_it_was_gone() {
    let (there, gone) = (a_ticket("K7PQ2M9X"), jpeg(&image::GrayImage::from_fn(320, 240, |x, y| image::Luma([(x ^ y) as u8]))));
    let mut pictures: Vec<_> = there.iter().cycle().take(60).cloned().collect();
    let network = NetworkCamera::new("127.0.0.1:0", pictures.clone(), FRAME);
    let told = on(format!("http://{}/video", network.address));
    told.is(State::Starting);
    told.is(State::Running);
    assert_eq!(told.code(), "K7PQ2M9X");
    assert_eq!(codes(&told.told_within(Duration::from_millis(4_500))), 0, "it is the same one, still held up");
    drop((told, network));
    // Four seconds of nothing, then the ticket again.
    pictures.extend((0..130).map(|_| gone.clone()));
    let network = NetworkCamera::new("127.0.0.1:0", pictures, FRAME);
    let told = on(format!("http://{}/video", network.address));
    assert_eq!([told.code(), told.code()], ["K7PQ2M9X", "K7PQ2M9X"]);
}

#[test]
fn a_ticket_left_lying_is_one_scan_however_often_pages_change() {
    let network = NetworkCamera::new("127.0.0.1:0", a_ticket("K7PQ2M9X"), FRAME);
    let mut told = on(format!("http://{}/", network.address));
    assert_eq!(told.code(), "K7PQ2M9X");
    for _ in 0..2 {
        drop(told.watch.take());
        assert_eq!(told.camera.state(), State::Off);
        std::thread::sleep(Duration::from_millis(3_300));
        let (events, watch) = watch(&told.camera);
        (told.events, told.watch) = (events, Some(watch));
        told.is(State::Running);
        assert_eq!(codes(&told.told_within(Duration::from_secs(1))), 0);
    }
}

#[test]
fn a_network_camera_that_is_cut_comes_back_by_itself() {
    let mut network = NetworkCamera::new("127.0.0.1:0", a_ticket("K7PQ2M9X"), FRAME);
    let told = on(format!("http://{}/", network.address));
    told.is(State::Running);
    network.cut();
    told.is(State::Unplugged);
    let _back = NetworkCamera::new(&network.address, a_ticket("7Q4M2XKD"), FRAME);
    told.is(State::Running);
    assert_eq!(told.code(), "7Q4M2XKD");
}

#[test]
fn a_locked_camera_wants_its_password() {
    let network = NetworkCamera::new("127.0.0.1:0", a_ticket("K7PQ2M9X"), FRAME);
    on(format!("http://{}/locked", network.address)).is(State::NotAllowed);
    on(format!("http://ida:s3cret@{}/locked", network.address)).is(State::Running);
}

#[test]
fn what_is_not_there_or_no_picture_is_said_so() {
    let place = tempfile::tempdir().unwrap();
    on(place.path().join("nowhere").display().to_string()).is(State::Unplugged);
    on(place.path().display().to_string()).is(State::NoPictures);
    std::fs::write(place.path().join("a.png"), "no picture").unwrap();
    std::fs::write(place.path().join("film"), "YUV4MPEG2 W0 H4\n").unwrap();
    on(place.path().join("film").display().to_string()).is(State::NoPictures);
    // A character device that is no camera.
    on("/dev/null").is(State::Unplugged);
}

#[test]
fn the_same_picture_for_long_is_frozen_and_a_covered_lens_is_black() {
    let still = a_ticket("K7PQ2M9X").remove(0);
    let network = NetworkCamera::new("127.0.0.1:0", vec![still], FRAME);
    on(format!("http://{}/", network.address)).is(State::Frozen);
    let dark: Vec<_> = (0..3u64)
        .map(|seed| {
            let mut draw = Draw::new(seed);
            jpeg(&image::GrayImage::from_fn(320, 240, |_, _| image::Luma([(draw.next() % 12) as u8])))
        })
        .collect();
    let network = NetworkCamera::new("127.0.0.1:0", dark, FRAME);
    on(format!("http://{}/", network.address)).is(State::Black);
}

#[test]
fn a_fifo_is_read_while_somebody_writes_and_waits_for_the_next() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("camera");
    make_fifo(&path);
    let told = on(path.display().to_string());
    told.is(State::Starting);
    for code in ["K7PQ2M9X", "7Q4M2XKD"] {
        let mut writer = std::fs::File::options().write(true).open(&path).unwrap();
        for picture in a_ticket(code).iter().cycle().take(20) {
            writer.write_all(picture).unwrap();
            std::thread::sleep(FRAME);
        }
        drop(writer);
        assert_eq!(told.code(), code);
        told.is(State::Unplugged);
    }
    // Raw frames, as ffmpeg writes them.
    let mut writer = std::fs::File::options().write(true).open(&path).unwrap();
    writer.write_all(b"YUV4MPEG2 W320 H240 F30:1 Ip C420jpeg\n").unwrap();
    for seed in 1..20u64 {
        let mut shot = held_up("M9XK7PQ2", (320, 240));
        shot.seed = seed;
        writer.write_all(b"FRAME\n").unwrap();
        writer.write_all(shot.draw().as_raw()).unwrap();
        writer.write_all(&vec![128; 320 * 240 / 2]).unwrap();
        std::thread::sleep(FRAME);
    }
    assert_eq!(told.code(), "M9XK7PQ2");
}

fn make_fifo(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Somebody writes as fast as can be read: what counts is what is held up now.
#[test]
fn of_pictures_that_come_too_fast_the_newest_counts() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("camera");
    make_fifo(&path);
    let told = on(path.display().to_string());
    told.is(State::Starting);
    let (old, new) = (a_ticket("0LD0LD00"), a_ticket("NEWNEW00"));
    let changed_at = Arc::new(AtomicU64::new(0));
    let (changed, begun) = (changed_at.clone(), Instant::now());
    let writer = std::thread::spawn(move || {
        let mut writer = std::fs::File::options().write(true).open(&path).unwrap();
        let mut written = 0;
        while begun.elapsed() < Duration::from_secs(3) {
            let is_new = begun.elapsed() > Duration::from_millis(1_500);
            if is_new && changed.load(Ordering::SeqCst) == 0 {
                changed.store(begun.elapsed().as_millis() as u64, Ordering::SeqCst);
            }
            writer.write_all(&if is_new { &new } else { &old }[written % 4]).unwrap();
            written += 1;
        }
        written
    });
    assert_eq!(told.code(), "0LD0LD00");
    let mut shown = 0;
    let (mut code, until) = (None, begun + Duration::from_millis(2_900));
    while let Ok(event) = told.events.recv_timeout(until.saturating_duration_since(Instant::now())) {
        match event {
            Event::Picture => shown += usize::from(told.camera.see(|picture| picture.width()) == Some(320)),
            Event::Code(text) if code.is_none() => code = Some((text.into_string(), begun.elapsed().as_millis() as u64)),
            _ => {}
        }
    }
    let (code, at) = code.expect("the second ticket is read");
    assert_eq!(code, "NEWNEW00");
    let late = at - changed_at.load(Ordering::SeqCst);
    assert!(late < 1_000, "{late} ms late: old pictures were queued up");
    assert!((5..60).contains(&shown), "{shown} live pictures in 3 s");
    let written = writer.join().unwrap();
    assert!(written > 2 * shown, "{written} pictures came, {shown} were shown: they were to come too fast");
}

#[test]
fn a_live_picture_is_told_once_until_it_is_seen_and_gone_when_nobody_watches() {
    let place = tempfile::tempdir().unwrap();
    let mut red_left = image::RgbImage::new(1280, 720);
    red_left.enumerate_pixels_mut().for_each(|(x, y, pixel)| pixel.0 = if x < 640 { [200, (y % 7) as u8, 0] } else { [0, 0, 200] });
    red_left.save(place.path().join("a.png")).unwrap();
    red_left.save(place.path().join("b.png")).unwrap();
    for mirror in [false, true] {
        let camera = Camera::new(Setting { mirror, ..setting(place.path().display().to_string()) });
        let (events, watch) = watch(&camera);
        let told = Told { camera, events, watch: Some(watch) };
        told.tells(&Event::Picture);
        let later = told.told_within(Duration::from_millis(2_500));
        assert!(!later.contains(&Event::Picture), "two more came, and the first was not seen");
        let (size, first) = told.camera.see(|picture| ((picture.width(), picture.height()), picture.rgb()[0])).unwrap();
        assert_eq!(size, (640, 360));
        assert_eq!(first > 100, !mirror, "red is on the left, or in the mirror on the right");
        told.tells(&Event::Picture);
        let Told { camera, events, watch } = told;
        drop(watch);
        assert_eq!(camera.see(|_| ()), None);
        assert_eq!(camera.state(), State::Off);
        // Nothing is told any more.
        events.try_iter().for_each(drop);
        std::thread::sleep(Duration::from_millis(1_200));
        assert!(events.try_recv().is_err());
    }
}

#[test]
fn five_tickets_held_up_one_after_the_other_are_five_codes() {
    let mut draw = Draw::new(55);
    let texts: Vec<String> = (0..5).map(|_| ticket(&mut draw)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let pictures: Vec<_> = scene(&texts, (640, 480), 3).iter().map(|shot| jpeg(&shot.draw())).collect();
    let network = NetworkCamera::new("127.0.0.1:0", pictures, 8 * FRAME);
    let told = on(format!("http://{}/", network.address));
    let read: Vec<String> = (0..5).map(|_| told.code()).collect();
    assert_eq!(read, texts);
}
