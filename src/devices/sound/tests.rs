//! Chimes, measured and played to files.

use super::*;

/// The strongest pitch below 1 kHz in a piece of sound, in hertz, and how loud ears hear the whole piece.
fn heard(piece: &[i16]) -> (f64, f64) {
    // Every fourth sample is enough: no partial is above 2.4 kHz.
    let piece: Vec<f64> = piece.iter().step_by(4).map(|sample| f64::from(*sample) / f64::from(i16::MAX)).collect();
    let strength = |hertz: f64| {
        let (mut real, mut imaginary) = (0.0, 0.0);
        for (index, sample) in piece.iter().enumerate() {
            let (sine, cosine) = (TAU * hertz * index as f64 * 4.0 / f64::from(RATE)).sin_cos();
            (real, imaginary) = (real + sample * cosine, imaginary + sample * sine);
        }
        (real * real + imaginary * imaginary) / (piece.len() * piece.len()) as f64
    };
    let bins: Vec<(f64, f64)> = (1..=300).map(|bin| f64::from(bin) * 10.0).map(|hertz| (hertz, strength(hertz))).collect();
    let (pitch, _) = bins.iter().copied().filter(|(hertz, _)| *hertz < 1000.0).max_by(|a, b| a.1.total_cmp(&b.1)).expect("bins");
    (pitch, bins.iter().map(|(hertz, strength)| strength * hearing(*hertz).powi(2)).sum())
}

/// Pieces of 80 ms.
fn pieces(chime: Chime) -> Vec<(f64, f64)> {
    samples(chime, 100).chunks_exact(RATE as usize * 80 / 1000).map(heard).collect()
}

#[test]
fn a_chime_is_short_and_begins_and_ends_without_a_click() {
    for chime in Chime::ALL {
        let samples = samples(chime, 100);
        assert!(samples.len() < RATE as usize * 6 / 10, "{chime:?} lasts {} samples", samples.len());
        for ends in [&samples[..10], &samples[samples.len() - 10..]] {
            assert!(ends.iter().all(|sample| sample.unsigned_abs() < 20), "{chime:?}: {ends:?}");
        }
        // Nor anywhere between: no step is larger than one of the highest partial.
        let step = samples.windows(2).map(|pair| pair[0].abs_diff(pair[1])).max().expect("samples");
        assert!(step < 1600, "{chime:?} jumps by {step}");
    }
}

#[test]
fn no_chime_is_louder_than_nine_decibels_below_the_most() {
    let peak = |volume: u8, chime: Chime| samples(chime, volume).iter().map(|sample| sample.unsigned_abs()).max().expect("samples");
    for chime in Chime::ALL {
        let limit = f64::from(i16::MAX) * 10f64.powf(-9.0 / 20.0);
        assert!((4000.0..=limit).contains(&f64::from(peak(100, chime))), "{chime:?} reaches {}", peak(100, chime));
        assert_eq!(peak(255, chime), peak(100, chime));
        assert!(peak(50, chime).abs_diff(peak(100, chime) / 4) <= 1);
        assert_eq!(peak(0, chime), 0);
    }
}

#[test]
fn all_chimes_are_heard_equally_loud() {
    let loudest = Chime::ALL.map(|chime| pieces(chime).into_iter().map(|(_, loud)| 10.0 * loud.log10()).fold(f64::MIN, f64::max));
    let (most, least) = (loudest.into_iter().fold(f64::MIN, f64::max), loudest.into_iter().fold(f64::MAX, f64::min));
    assert!(most - least < 3.0, "{loudest:?}");
}

#[test]
fn each_chime_goes_its_own_way() {
    let contours = Chime::ALL.map(|chime| pieces(chime).into_iter().map(|(pitch, _)| pitch).collect::<Vec<_>>());
    for (index, contour) in contours.iter().enumerate() {
        assert!(!contours[..index].contains(contour), "{contour:?} twice");
    }
    let way = |chime: Chime| {
        let mut pitches = contours[chime as usize].clone();
        pitches.dedup();
        pitches.windows(2).map(|pair| if pair[1] > pair[0] { '/' } else { '\\' }).collect::<String>()
    };
    assert_eq!(Chime::ALL.map(way), ["//", "", "/\\", "\\", "\\"]);
    assert!(contours[Chime::SeeDesk as usize][0] < contours[Chime::Goodbye as usize][0], "the sadder one is lower");
}

#[test]
fn a_wav_says_how_long_it_is() {
    let (wav, samples) = (wav(Chime::Welcome, 40), samples(Chime::Welcome, 40));
    let number = |at: usize| u32::from_le_bytes(wav[at..at + 4].try_into().expect("four bytes"));
    assert_eq!([&wav[..4], &wav[8..16], &wav[36..40]], [&b"RIFF"[..], b"WAVEfmt ", b"data"]);
    assert_eq!([number(4), number(24), number(40)], [wav.len() as u32 - 8, RATE, samples.len() as u32 * 2]);
    assert_eq!(wav.len(), 44 + samples.len() * 2);
    assert_eq!(wav[44 + 2000..44 + 2002], samples[1000].to_le_bytes());
}

#[test]
fn a_folder_gets_them_in_order() {
    let place = tempfile::tempdir().expect("a folder");
    let player = FolderPlayer::new(place.path().to_owned(), 40);
    player.play(Chime::Welcome);
    player.play(Chime::Goodbye);
    let read = |name: &str| std::fs::read(place.path().join(name)).expect(name);
    assert_eq!(read("01-welcome.wav"), wav(Chime::Welcome, 40));
    assert_eq!(read("02-goodbye.wav"), wav(Chime::Goodbye, 40));
}

#[test]
fn only_the_newest_of_those_that_wait_is_played() {
    let (to_play, waiting) = mpsc::channel();
    for chime in [Chime::Welcome, Chime::TooEarly, Chime::SeeDesk] {
        to_play.send(chime).expect("somebody listens");
    }
    drop(to_play);
    let mut played = Vec::new();
    play_all(&waiting, |chime| played.push(chime));
    assert_eq!(played, [Chime::SeeDesk]);
}

#[test]
fn a_chime_that_panics_silences_no_later_one() {
    let (to_play, waiting) = mpsc::channel();
    to_play.send(Chime::Welcome).expect("somebody listens");
    let (mut to_play, mut played) = (Some(to_play), Vec::new());
    play_all(&waiting, |chime| {
        played.push(chime);
        if let Some(to_play) = to_play.take() {
            to_play.send(Chime::Goodbye).expect("somebody listens");
            panic!("a chime that cannot be played");
        }
    });
    assert_eq!(played, [Chime::Welcome, Chime::Goodbye]);
}

#[test]
fn a_program_gets_the_whole_sound_as_a_file() {
    let place = tempfile::tempdir().expect("a folder");
    // The shell takes what it is given for a script; what it does shows that it got it.
    let copy = place.path().join("copy");
    let script = format!("cat /dev/stdin > {}", copy.display());
    run(Path::new("/bin/sh"), script.as_bytes(), PATIENCE).expect("runs");
    assert_eq!(std::fs::read_to_string(copy).expect("written"), script);
    assert!(run(Path::new("/bin/sh"), b"exit 1", PATIENCE).is_err());
    let fault = run(Path::new("/bin/sh"), b"exec sleep 60", Duration::from_millis(30)).expect_err("too slow");
    assert_eq!(fault.kind(), io::ErrorKind::TimedOut);
}

#[test]
fn a_program_that_fails_gives_way_to_the_next_and_all_failing_is_silence() {
    let programs = |names: &[&str]| Programs::new(names.iter().map(|name| Path::new("/bin").join(name)).collect());
    let one_plays = programs(&["no-such-program", "false", "true"]);
    one_plays.play(b"");
    assert_eq!((one_plays.first.load(Ordering::Relaxed), one_plays.is_silent.load(Ordering::Relaxed)), (2, false));
    let none_plays = programs(&["false", "no-such-program"]);
    none_plays.play(b"");
    assert!(none_plays.is_silent.load(Ordering::Relaxed));
}

#[test]
fn a_player_says_where_it_plays_and_without_one_there_is_silence() {
    let player = ProgramPlayer::with(vec!["/bin/true".into()], 40);
    assert_eq!(player.place().as_deref(), Some("true"));
    for silent in [ProgramPlayer::with(Vec::new(), 40), ProgramPlayer::new(0)] {
        silent.play(Chime::Welcome);
        assert_eq!(silent.place(), None);
    }
}
