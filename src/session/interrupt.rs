//! Ctrl-C, heard on a thread of its own.

/// Calls `heard` at each Ctrl-C from now on, instead of ending the program.
pub fn on_interrupt(heard: impl Fn() + Send + 'static) {
    let listen = move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                heard();
            }
        });
    };
    // Without the thread Ctrl-C ends the program, as it would have anyway.
    let _ = std::thread::Builder::new().name("interrupt".into()).spawn(listen);
}
