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

/// KiB that are mapped by huge pages.
fn huge_kib() -> usize {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").expect("Linux has it");
    let line = rollup.lines().find(|line| line.starts_with("AnonHugePages:")).expect("a size");
    line.split_ascii_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number")
}

#[test]
fn contents_and_size_stay() {
    const COUNT: usize = 600_000;
    let mut blocks: Vec<Box<[u8; 96]>> = (0..COUNT).map(|n| Box::new([n as u8; 96])).collect();
    let before = resident();
    let mut stretches = 0;
    let mut pages = hematite_allocator::HugePages::default();
    pages.look(|| stretches += 1);
    let after = resident();
    let mode = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled").unwrap_or_default();
    if mode.contains("[madvise]") || mode.contains("[always]") {
        // 55 MiB in regions, of which the last is not full; an old kernel is asked once.
        assert!(stretches >= 20 || stretches == 0, "{stretches} stretches");
        eprintln!("{stretches} stretches, {} KiB of huge pages", huge_kib());
    }
    assert!(after < before + before / 50, "{before} bytes became {after} in {stretches} stretches");
    assert!(blocks.iter().enumerate().all(|(n, block)| **block == [n as u8; 96]));
    // What is mapped so is not asked for again.
    let more: Vec<Box<[u8; 96]>> = (0..COUNT / 3).map(|n| Box::new([n as u8; 96])).collect();
    let mut again = 0;
    pages.look(|| again += 1);
    assert!(again <= 12, "{again} stretches of 18 MiB");
    drop(more);
    // What lies in huge pages is given back as ever.
    blocks.truncate(COUNT / 10);
    hematite_allocator::purge();
    assert!(resident() < after / 2, "{after} bytes, of which {} are left", resident());
    assert!(blocks.iter().enumerate().all(|(n, block)| **block == [n as u8; 96]));
}
