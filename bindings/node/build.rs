//! Lets the binding find Node's symbols where the linker wants to know of them.

fn main() {
    napi_build::setup();
}
