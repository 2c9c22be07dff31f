//! `hematite-wasm-bindgen TARGET INPUT.wasm FOLDER`: JavaScript for a module, for nodejs, web or bundler.

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, target, input, folder] = &arguments[..] else {
        return Err("usage: hematite-wasm-bindgen nodejs|web|bundler INPUT.wasm FOLDER".into());
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).typescript(true).omit_default_module_path(false);
    match target.as_str() {
        "nodejs" => bindgen.nodejs(true)?,
        "web" => bindgen.web(true)?,
        "bundler" => bindgen.bundler(true)?,
        other => return Err(format!("no such target: {other}").into()),
    };
    bindgen.generate(folder)?;
    Ok(())
}
