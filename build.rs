//! Notes the build date, an input of the rule about the clock, and tells the linker to make the program small.

fn main() {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=ui");
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    println!("cargo::rustc-env=VELKOMMEN_BUILD_DATE={}", build_date());
    // What Slint writes is full of functions that are the same byte for byte, and of addresses: the linker keeps one of
    // each and packs the others.
    println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
}

/// The day of the build in UTC; `SOURCE_DATE_EPOCH` makes a build repeatable.
fn build_date() -> chrono::NaiveDate {
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    #[allow(clippy::disallowed_methods, reason = "a build script has no other clock")]
    let built = epoch.and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0)).unwrap_or_else(chrono::Utc::now);
    built.date_naive()
}
