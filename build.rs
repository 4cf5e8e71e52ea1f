//! Compiles the window and notes the build date, an input of the rule about the clock.

fn main() {
    let config = slint_build::CompilerConfiguration::new()
        .with_bundled_translations("assets/lang")
        // Without debug info the headless back-end finds no element by its label.
        .with_debug_info(std::env::var_os("CARGO_FEATURE_HEADLESS").is_some());
    slint_build::compile_with_config("ui/app.slint", config).expect("the window compiles");
}
