//! Partial sort: brings the first items of a sequence in order, with the order of equals that the reference gives.
//!
//! Results that are equally far away come in whatever order the reference's sort leaves them: it is Bentley and McIlroy's
//! quicksort ("Engineering a sort function", 1993) that skips parts outside of the range asked for. The same comparisons
//! and exchanges are made here. Parts that it splits too badly are sorted by a method without a bad case.

use std::cmp::Ordering;

/// Below this many items exchanges of neighbours are quickest.
const SMALL: usize = 7;
/// From here on the pivot is the middle of three middles.
const LARGE: usize = 40;
/// Splits, one within the other, before the input counts as hostile.
const DEPTH_MAX: usize = 64;

/// Sorts so that the first `count` items are those that a sort of all would bring there.
pub(super) fn sort_first<T>(items: &mut [T], count: usize, compare: &impl Fn(&T, &T) -> Ordering) {
    sort(items, count, compare, 0);
}

fn sort<T>(mut items: &mut [T], mut count: usize, compare: &impl Fn(&T, &T) -> Ordering, mut depth: usize) {
    loop {
        let len = items.len();
        if len < SMALL {
            return insertion_sort(items, compare);
        }
        if depth > DEPTH_MAX {
            return items.sort_by(compare);
        }
        depth += 1;
        let (left, right) = split(items, compare);
        if left > 1 && count > 0 {
            sort(&mut items[..left], count, compare, depth);
        }
        let start = len - right;
        if right <= 1 || count <= start {
            return;
        }
        count -= start;
        items = &mut items[start..];
    }
}

fn insertion_sort<T>(items: &mut [T], compare: &impl Fn(&T, &T) -> Ordering) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && compare(&items[at - 1], &items[at]).is_gt() {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// The position of the middle one of three.
fn median<T>(items: &[T], [a, b, c]: [usize; 3], compare: &impl Fn(&T, &T) -> Ordering) -> usize {
    let is_less = |x: usize, y: usize| compare(&items[x], &items[y]).is_lt();
    if is_less(a, b) {
        if is_less(b, c) {
            b
        } else if is_less(a, c) {
            c
        } else {
            a
        }
    } else if compare(&items[b], &items[c]).is_gt() {
        b
    } else if is_less(a, c) {
        a
    } else {
        c
    }
}

fn pivot<T>(items: &[T], compare: &impl Fn(&T, &T) -> Ordering) -> usize {
    let len = items.len();
    let (mut first, mut middle, mut last) = (0, len / 2, len - 1);
    if len > LARGE {
        let d = len / 8;
        first = median(items, [first, first + d, first + 2 * d], compare);
        middle = median(items, [middle - d, middle, middle + d], compare);
        last = median(items, [last - 2 * d, last - d, last], compare);
    }
    if len > SMALL { median(items, [first, middle, last], compare) } else { middle }
}

/// Brings items below the pivot to the front and those above it to the back; the lengths of both parts. Equals are
/// gathered at both ends on the way and brought to the middle at last.
fn split<T>(items: &mut [T], compare: &impl Fn(&T, &T) -> Ordering) -> (usize, usize) {
    let len = items.len();
    items.swap(0, pivot(items, compare));
    // Equals lie before `a` and after `d`; `b` and `c` move towards each other. All are one past where C has them.
    let (mut a, mut b, mut c, mut d) = (1, 1, len, len);
    loop {
        while b < c {
            let order = compare(&items[b], &items[0]);
            if order.is_gt() {
                break;
            }
            if order.is_eq() {
                items.swap(a, b);
                a += 1;
            }
            b += 1;
        }
        while b < c {
            let order = compare(&items[c - 1], &items[0]);
            if order.is_lt() {
                break;
            }
            if order.is_eq() {
                items.swap(c - 1, d - 1);
                d -= 1;
            }
            c -= 1;
        }
        if b >= c {
            break;
        }
        items.swap(b, c - 1);
        b += 1;
        c -= 1;
    }
    let equal = a.min(b - a);
    exchange(items, 0, b - equal, equal);
    let equal = (d - c).min(len - d);
    exchange(items, b, len - equal, equal);
    (b - a, d - c)
}

fn exchange<T>(items: &mut [T], a: usize, b: usize, count: usize) {
    for at in 0..count {
        items.swap(a + at, b + at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hematite_base::random::Random;

    #[test]
    fn the_first_are_those_of_a_full_sort() {
        let mut random = Random::new(9);
        for _ in 0..2000 {
            let len = random.below(200) as usize + 1;
            let bound = 1 + random.below(50);
            let items: Vec<u64> = (0..len).map(|_| random.below(bound)).collect();
            let mut sorted = items.clone();
            sorted.sort_unstable();
            let count = random.below(len as u64 + 1) as usize;
            let mut partly = items;
            sort_first(&mut partly, count, &u64::cmp);
            assert_eq!(partly[..count], sorted[..count]);
            partly.sort_unstable();
            assert_eq!(partly, sorted);
        }
    }
}
