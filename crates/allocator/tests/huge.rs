//! Mapping by huge pages changes neither what memory holds nor how much of it there is.
#![cfg(target_os = "linux")]

#[global_allocator]
static ALLOCATOR: hematite_allocator::Hematite = hematite_allocator::Hematite;

/// Bytes of memory that the process holds, from `/proc/self/status`.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a resident size");
    let kib: usize = line.split_ascii_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number");
    kib * 1024
}

#[test]
fn contents_and_size_stay() {
    const COUNT: usize = 600_000;
    let mut blocks: Vec<Box<[u8; 96]>> = (0..COUNT).map(|n| Box::new([n as u8; 96])).collect();
    let before = resident();
    let mut stretches = 0;
    hematite_allocator::HugePages::default().look(|| stretches += 1);
    let after = resident();
    assert!(after < before + before / 50, "{before} bytes became {after} in {stretches} stretches");
    assert!(blocks.iter().enumerate().all(|(n, block)| **block == [n as u8; 96]));
    // What lies in huge pages is given back as ever.
    blocks.truncate(COUNT / 10);
    hematite_allocator::purge();
    assert!(resident() < after / 2, "{after} bytes, of which {} are left", resident());
    assert!(blocks.iter().enumerate().all(|(n, block)| **block == [n as u8; 96]));
}
