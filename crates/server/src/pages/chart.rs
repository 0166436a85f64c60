//! Pictures of numbers, drawn here as SVG: bars and lines of prices. Colours come from the style sheet, so that
//! a picture is right in the dark and on paper; each has a table beside it, which is no affair of this file.

use maud::{Markup, html};

/// How wide a picture is, in its own units, which on a phone are about pixels.
const WIDTH: i128 = 360;
/// Where the bottom line of values lies, and the top one.
const BOTTOM: i128 = 150;
const TOP: i128 = 14;
/// How high a picture is.
const HEIGHT: i128 = 172;
/// Where values begin; to the left stand the amounts.
const LEFT: i128 = 54;
/// Kinds of lines that can be told apart.
pub(super) const LINES_MAX: usize = 5;
/// Positions are told in tenths of a unit.
const FINE: i128 = 10;

/// What a picture says to somebody who does not see it.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    /// Different for each picture of a page.
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
}

/// One bar.
pub(super) struct Bar {
    /// What stands under it; nothing for most, where they are many.
    pub(super) label: String,
    /// What it says when it is pointed at.
    pub(super) hint: String,
    pub(super) value: i128,
}

/// One line of points, the oldest first.
pub(super) struct Line {
    pub(super) points: Vec<Point>,
}

/// One price at one time.
pub(super) struct Point {
    /// Any unit of time.
    pub(super) at: i64,
    pub(super) value: i128,
    /// What it says when it is pointed at.
    pub(super) hint: String,
}

/// Writes a value beside a picture, where marks are a step apart.
type Axis<'a> = dyn Fn(i128, i128) -> String + 'a;

/// Bars side by side.
pub(super) fn bars(said: Said<'_>, bars: &[Bar], amount: &Axis<'_>) -> Markup {
    let lowest = bars.iter().map(|bar| bar.value).min().unwrap_or(0).min(0);
    let highest = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(0);
    let scale = Scale::over(lowest, highest);
    let count = i128::try_from(bars.len()).unwrap_or(1).max(1);
    let room = (WIDTH - LEFT) * FINE / count;
    let width = (room * 7 / 10).max(1);
    let base = scale.place(0);
    html! {
        (frame(said, &scale, amount, html! {
            @for (bar, at) in bars.iter().zip(0_i128..) {
                @let left = LEFT * FINE + room * at;
                @let tip = scale.place(bar.value);
                @if bar.value != 0 {
                    rect.bar x=(tenths(left + (room - width) / 2)) width=(tenths(width))
                        y=(tenths(tip.min(base))) height=(tenths((tip - base).abs().max(FINE))) rx="1" {
                        title { (bar.hint) }
                    }
                }
                @if !bar.label.is_empty() {
                    text x=(tenths(left + room / 2)) y=(BOTTOM + 15) text-anchor="middle" { (bar.label) }
                }
            }
        }))
    }
}

/// Prices over time, a line for each of at most [`LINES_MAX`]. `ends` stand under the beginning and the end.
pub(super) fn lines(
    said: Said<'_>,
    lines: &[Line],
    ends: (&str, &str),
    amount: &Axis<'_>,
) -> Markup {
    let points = || lines.iter().flat_map(|line| &line.points);
    let values = || points().map(|point| point.value);
    let scale = Scale::over(values().min().unwrap_or(0), values().max().unwrap_or(0));
    let first = points().map(|point| point.at).min().unwrap_or(0);
    let last = points().map(|point| point.at).max().unwrap_or(0);
    let span = i128::from(last) - i128::from(first);
    let room = (WIDTH - LEFT - 24) * FINE;
    let place = |point: &Point| {
        let gone = i128::from(point.at) - i128::from(first);
        let gone = gone * room / span.max(1);
        // A single moment stands in the middle.
        let gone = if span == 0 { room / 2 } else { gone };
        ((LEFT + 12) * FINE + gone, scale.place(point.value))
    };
    html! {
        (frame(said, &scale, amount, html! {
            @for (line, number) in lines.iter().zip(0_usize..) {
                g class={ "line of-" (number) } {
                    polyline points=(path(line.points.iter().map(place))) {}
                    @for point in &line.points {
                        g transform={ "translate(" (pair(place(point))) ")" } {
                            (shape(number)) title { (point.hint) }
                        }
                    }
                }
            }
            text x=(LEFT + 12) y=(BOTTOM + 16) { (ends.0) }
            @if span != 0 { text x=(WIDTH - 2) y=(BOTTOM + 16) text-anchor="end" { (ends.1) } }
        }))
    }
}

/// The sign of a line, for the table that tells which it is.
pub(super) fn sign(number: usize) -> Markup {
    html! {
        svg class={ "sign line of-" (number) } viewBox="-8 -6 16 12" width="16" height="12" aria-hidden="true" {
            (shape(number))
        }
    }
}

/// How much a row is of the largest one, as a thin bar.
pub(super) fn share(value: i128, largest: i128) -> Markup {
    let width = (value.max(0) * 1_000 / largest.max(1)).min(1_000);
    html! {
        svg.share viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" {
            @if width > 0 { rect width=(tenths(width)) height="4" {} }
        }
    }
}

/// Lines differ by their signs, not by their colour alone.
fn shape(number: usize) -> Markup {
    html! {
        @match number {
            0 => circle r="3.5" {},
            1 => rect x="-3.2" y="-3.2" width="6.4" height="6.4" {},
            2 => path d="M0-4.6 4.6 0 0 4.6-4.6 0Z" {},
            3 => path d="M0-4.4 4.4 3.4-4.4 3.4Z" {},
            _ => path d="M0 4.4 4.4-3.4-4.4-3.4Z" {},
        }
    }
}

fn frame(said: Said<'_>, scale: &Scale, amount: &Axis<'_>, inner: Markup) -> Markup {
    let (title, description) = (format!("{}-title", said.id), format!("{}-desc", said.id));
    html! {
        svg.chart viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img"
            aria-labelledby=(title) aria-describedby=(description) {
            title id=(title) { (said.title) }
            desc id=(description) { (said.description) }
            @for value in scale.marks() {
                @let y = tenths(scale.place(value));
                line.grid x1=(LEFT) x2=(WIDTH) y1=(y) y2=(y) {}
                text x=(LEFT - 6) y=(tenths(scale.place(value) + 4 * FINE)) text-anchor="end" { (amount(value, scale.step)) }
            }
            (inner)
        }
    }
}

/// From values to heights.
struct Scale {
    low: i128,
    high: i128,
    step: i128,
}

impl Scale {
    /// Round values around `lowest` and `highest`, with at most four lines between.
    fn over(lowest: i128, highest: i128) -> Self {
        let step = round_step((highest - lowest).max(highest.abs() / 20).max(1) / 3);
        let low = lowest.div_euclid(step) * step;
        let high = -(-highest).div_euclid(step) * step;
        let high = if high == low { low + step } else { high };
        Self { low, high, step }
    }

    fn marks(&self) -> impl Iterator<Item = i128> + use<> {
        let (low, step) = (self.low, self.step);
        let count = (self.high - low) / step;
        (0..=count).map(move |at| low + at * step)
    }

    /// The height of a value, in tenths from the top.
    fn place(&self, value: i128) -> i128 {
        let height = (BOTTOM - TOP) * FINE;
        BOTTOM * FINE - (value - self.low) * height / (self.high - self.low)
    }
}

/// The next of 1, 2, 5, 10, 20, 50 … that is not below `least`.
fn round_step(least: i128) -> i128 {
    let mut ten = 1_i128;
    loop {
        for step in [ten, ten * 2, ten * 5] {
            if step >= least {
                return step;
            }
        }
        ten *= 10;
    }
}

fn tenths(value: i128) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let size = value.abs();
    match size % FINE {
        0 => format!("{sign}{}", size / FINE),
        tenth => format!("{sign}{}.{tenth}", size / FINE),
    }
}

fn pair((x, y): (i128, i128)) -> String {
    format!("{},{}", tenths(x), tenths(y))
}

fn path(places: impl Iterator<Item = (i128, i128)>) -> String {
    places.map(pair).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_round_marks_around_all_values() {
        for (lowest, highest, marks) in [
            (0, 0, &[0, 1][..]),
            (0, 7, &[0, 2, 4, 6, 8]),
            (0, 1_280, &[0, 500, 1_000, 1_500]),
            (-300, 900, &[-500, 0, 500, 1_000]),
            (198, 258, &[180, 200, 220, 240, 260]),
            (198, 198, &[195, 200]),
            (0, 999_999_999, &[0, 500_000_000, 1_000_000_000]),
        ] {
            let scale = Scale::over(lowest, highest);
            assert_eq!(
                scale.marks().collect::<Vec<_>>(),
                marks,
                "{lowest} {highest}"
            );
            assert!(scale.place(highest) >= TOP * FINE, "{highest}");
            assert!(scale.place(lowest) <= BOTTOM * FINE, "{lowest}");
        }
    }

    #[test]
    fn positions_are_written_without_a_float() {
        for (value, written) in [(0, "0"), (5, "0.5"), (-15, "-1.5"), (1_230, "123")] {
            assert_eq!(tenths(value), written);
        }
    }

    #[test]
    fn bars_below_nothing_hang_from_the_line() {
        let said = Said {
            id: "a",
            title: "<t>",
            description: "d",
        };
        let bar = |value| Bar {
            label: String::new(),
            hint: format!("h{value}"),
            value,
        };
        let drawn = bars(said, &[bar(-100), bar(0), bar(200)], &|value, _| {
            value.to_string()
        });
        let drawn = drawn.into_string();
        assert!(drawn.contains("&lt;t&gt;"), "{drawn}");
        assert_eq!(drawn.matches("class=\"bar\"").count(), 2, "{drawn}");
        insta::assert_snapshot!(share(50, 100).into_string(), @r#"<svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="50" height="4"></rect></svg>"#);
    }
}
