//! LATENCY GRAPH: an event's samples as a drawing of text.
//!
//! ```text
//! command - high 63 ms, low 45 ms (all time high 63 ms)
//! --------------------------------------------------------------------------------
//! #       a column a sample, four rows high: `_o#` are thirds of a row, `|` is what is full
//! |
//! | o
//! |_|
//!
//! 110     how long ago it was, from top to bottom
//! sss
//! ```

use super::{SHOWS, SPECIAL};
use crate::commands::prelude::*;
use crate::observe::spikes::{Event, Sample};
use std::fmt::Write;

/// LATENCY GRAPH: see <https://valkey.io/commands/latency-graph/>.
pub const LATENCY_GRAPH: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.8.13",
        summary: "Returns a latency graph for an event.",
        complexity: "O(1)",
        arity: 3,
        flags: SHOWS,
        acl: Acl::NONE,
        tips: SPECIAL,
        args: &[Arg::new("event", Kind::Text)],
        reply: "string",
        ..Spec::new("latency|graph")
    },
    run: latency_graph,
};

/// Columns of the drawing.
const WIDTH: usize = 80;
/// Rows of the drawing, and what a row can show.
const ROWS: usize = 4;
const MARKS: [char; 3] = ['_', 'o', '#'];

fn latency_graph(call: &mut Call) -> Result<(), Error> {
    let name = call.args[2];
    let Some(event) = call.shared.latency.get(name) else {
        let shown = crate::admission::shown(name);
        return Err(Error::Bytes([b"ERR No samples available for event '", shown, b"'"].concat()));
    };
    let text = draw(&String::from_utf8_lossy(name), &event, call.now.unix_ms / 1000);
    call.reply.verbatim(b"txt", text.as_bytes());
    Ok(())
}

fn draw(name: &str, event: &Event, unix_s: i64) -> String {
    let analysis = event.analyze(unix_s);
    let (high, low) = (analysis.longest_ms, analysis.shortest_ms);
    let mut text =
        format!("{name} - high {high} ms, low {low} ms (all time high {} ms)\n", analysis.all_time_ms);
    text.push_str(&"-".repeat(WIDTH));
    text.push('\n');
    let samples: Vec<Sample> = event.samples.iter().copied().collect();
    for (at, part) in samples.chunks(WIDTH).enumerate() {
        if at > 0 {
            text.push('\n');
        }
        draw_columns(&mut text, part, low, high, unix_s);
    }
    text
}

fn draw_columns(text: &mut String, samples: &[Sample], low: u64, high: u64, unix_s: i64) {
    let levels = ROWS * MARKS.len();
    let span = (high - low).max(1) as f64;
    let level =
        |sample: &Sample| (((sample.ms - low) as f64 * levels as f64 / span) as usize).min(levels - 1);
    for row in (0..ROWS).rev() {
        let floor = row * MARKS.len();
        text.extend(samples.iter().map(|sample| match level(sample).checked_sub(floor) {
            None => ' ',
            Some(within) => MARKS.get(within).copied().unwrap_or('|'),
        }));
        text.push('\n');
    }
    let ages: Vec<String> = samples.iter().map(|sample| age((unix_s - sample.unix_s).max(0))).collect();
    text.extend(std::iter::repeat_n(' ', ages.len()));
    text.push('\n');
    for at in 0..ages.iter().map(String::len).max().unwrap_or(0) {
        text.extend(ages.iter().map(|age| age.as_bytes().get(at).map_or(' ', |byte| char::from(*byte))));
        text.push('\n');
    }
}

/// `3s`, `12m`, `5h`, `2d`.
fn age(seconds: i64) -> String {
    let (number, unit) = match seconds {
        ..60 => (seconds, 's'),
        60..3600 => (seconds / 60, 'm'),
        3600..86_400 => (seconds / 3600, 'h'),
        _ => (seconds / 86_400, 'd'),
    };
    let mut text = String::new();
    write!(text, "{number}{unit}").expect("a string takes everything");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_a_sample() {
        let samples =
            [Sample { unix_s: 89, ms: 63 }, Sample { unix_s: 99, ms: 45 }, Sample { unix_s: 100, ms: 54 }];
        let event = Event { samples: samples.into(), max_ms: 63 };
        let text = draw("command", &event, 100);
        let (head, drawing) = text.split_once(&format!("{}\n", "-".repeat(80))).unwrap();
        assert_eq!(head, "command - high 63 ms, low 45 ms (all time high 63 ms)\n");
        assert_eq!(drawing, "#  \n| _\n| |\n|_|\n   \n110\n1ss\ns  \n");
        let one = Event { samples: samples[..1].iter().copied().collect(), max_ms: 63 };
        assert!(draw("command", &one, 100).ends_with("\n \n \n \n_\n \n1\n1\ns\n"));
    }
}
