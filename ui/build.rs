//! Compiles the window, with the catalogues of words in it.

use std::path::{Path, PathBuf};

const CATALOGUES: &str = "../assets/lang";

fn main() {
    println!("cargo::rerun-if-changed={CATALOGUES}");
    let config = slint_build::CompilerConfiguration::new()
        .with_bundled_translations(catalogues())
        .with_debug_info(std::env::var_os("CARGO_FEATURE_HEADLESS").is_some());
    slint_build::compile_with_config("app.slint", config).expect("the window compiles");
}

/// The catalogues again, under the name that Slint looks for: that of the crate it compiles for.
fn catalogues() -> PathBuf {
    let out = Path::new(&std::env::var_os("OUT_DIR").expect("cargo names a folder for what is generated")).join("lang");
    for language in std::fs::read_dir(CATALOGUES).expect("there are catalogues") {
        let language = language.expect("the folder of catalogues can be read");
        let messages = out.join(language.file_name()).join("LC_MESSAGES");
        std::fs::create_dir_all(&messages).expect("a folder for a catalogue");
        let from = language.path().join("LC_MESSAGES/velkommen.po");
        std::fs::copy(&from, messages.join("velkommen-ui.po")).expect("a catalogue can be copied");
    }
    out
}
