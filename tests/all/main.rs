//! The one test binary: a file per feature.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[cfg(feature = "headless")]
mod accessibility;
mod catalogue;
#[cfg(feature = "headless")]
mod clock_page;
#[cfg(feature = "headless")]
mod idle;
#[cfg(feature = "headless")]
mod kiosk_given;
#[cfg(feature = "headless")]
mod scanner;
#[cfg(feature = "headless")]
mod setup_page;
#[cfg(feature = "headless")]
mod sign_in_page;
#[cfg(feature = "headless")]
mod sign_out_page;
mod source;
#[cfg(feature = "headless")]
mod staff_pages;
mod tidy;
