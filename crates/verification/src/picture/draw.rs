//! Drawing: letters turned and bent, with lines through them.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::glyphs::{COLUMNS, ROWS, rows_of};

const WIDTH: usize = 150;
const HEIGHT: usize = 50;
/// Points looked at in each direction of a pixel, for soft edges.
const FINE: usize = 2;
const PAPER: f32 = 245.0;
const LINES: usize = 3;

struct Letter {
    rows: [u8; ROWS],
    x: f32,
    y: f32,
    sin: f32,
    cos: f32,
    dot: f32,
}

/// A line through the picture: height, slope, swing, its length, its beginning.
struct Line([f32; 5]);

struct Scene {
    letters: Vec<Letter>,
    lines: Vec<Line>,
    bend: [f32; 4],
}

/// The letters as PNG; the same seed gives the same picture.
pub(super) fn png(letters: &str, seed: [u8; 32]) -> Vec<u8> {
    let mut rng = StdRng::from_seed(seed);
    let scene = Scene::random(letters, &mut rng);
    let ink: f32 = rng.random_range(20.0..90.0);
    let mut pixels = Vec::with_capacity(WIDTH * HEIGHT);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let grain: f32 = rng.random_range(-18.0..10.0);
            let cover = scene.cover(x, y);
            pixels.push((PAPER + grain + (ink - PAPER) * cover).clamp(0.0, 255.0) as u8);
        }
    }
    let mut out = Vec::new();
    PngEncoder::new(&mut out)
        .write_image(&pixels, WIDTH as u32, HEIGHT as u32, ExtendedColorType::L8)
        .expect("a grey picture of this size can be written to memory");
    out
}

impl Scene {
    fn random(letters: &str, rng: &mut StdRng) -> Self {
        let count = letters.chars().count().max(1) as f32;
        let step = (WIDTH as f32 - 16.0) / count;
        let place = |(index, letter): (usize, char), rng: &mut StdRng| {
            let angle: f32 = rng.random_range(-0.42..0.42);
            Letter {
                rows: rows_of(letter),
                x: 8.0 + step * (index as f32 + 0.5) + rng.random_range(-2.5..2.5),
                y: HEIGHT as f32 / 2.0 + rng.random_range(-5.0..5.0),
                sin: angle.sin(),
                cos: angle.cos(),
                dot: rng.random_range(3.6..4.7),
            }
        };
        let letters = letters.chars().enumerate().map(|letter| place(letter, rng)).collect();
        let line = |rng: &mut StdRng| {
            Line([
                rng.random_range(10.0..40.0),
                rng.random_range(-0.12..0.12),
                rng.random_range(3.0..8.0),
                rng.random_range(9.0..24.0),
                rng.random_range(0.0..6.3),
            ])
        };
        let lines = (0..LINES).map(|_| line(rng)).collect();
        let bend = [
            rng.random_range(1.5..3.0),
            rng.random_range(0.0..6.3),
            rng.random_range(1.5..3.0),
            rng.random_range(0.0..6.3),
        ];
        Self { letters, lines, bend }
    }

    /// How much of a pixel is ink.
    fn cover(&self, x: usize, y: usize) -> f32 {
        let mut inked = 0;
        for fine in 0..FINE * FINE {
            let part = |index: usize| (index as f32 + 0.5) / FINE as f32;
            inked += usize::from(self.is_ink(x as f32 + part(fine % FINE), y as f32 + part(fine / FINE)));
        }
        inked as f32 / (FINE * FINE) as f32
    }

    fn is_ink(&self, x: f32, y: f32) -> bool {
        let [wide, wide_from, high, high_from] = self.bend;
        let bent_x = x + wide * (y / 8.0 + wide_from).sin();
        let bent_y = y + high * (x / 13.0 + high_from).sin();
        self.letters.iter().any(|letter| letter.has(bent_x, bent_y)) || self.lines.iter().any(|line| line.has(x, y))
    }
}

impl Letter {
    fn has(&self, x: f32, y: f32) -> bool {
        let (dx, dy) = ((x - self.x) / self.dot, (y - self.y) / self.dot);
        let column = dx * self.cos + dy * self.sin + COLUMNS as f32 / 2.0;
        let row = dy * self.cos - dx * self.sin + ROWS as f32 / 2.0;
        let is_inside = (0.0..COLUMNS as f32).contains(&column) && (0.0..ROWS as f32).contains(&row);
        is_inside && self.rows[row as usize] >> (COLUMNS - 1 - column as usize) & 1 == 1
    }
}

impl Line {
    fn has(&self, x: f32, y: f32) -> bool {
        let [height, slope, swing, length, beginning] = self.0;
        (y - (height + slope * x + swing * (x / length + beginning).sin())).abs() < 0.8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(letters: &str, seed: u8) -> image::GrayImage {
        image::load_from_memory(&png(letters, [seed; 32])).unwrap().to_luma8()
    }

    #[test]
    fn same_seed_draws_the_same_and_another_does_not() {
        assert_eq!(png("ACE37", [1; 32]), png("ACE37", [1; 32]));
        assert_ne!(png("ACE37", [1; 32]), png("ACE37", [2; 32]));
    }

    #[test]
    fn letters_leave_ink_where_nothing_leaves_less() {
        let ink = |picture: &image::GrayImage| picture.pixels().filter(|pixel| pixel.0[0] < 140).count();
        for seed in 0..20 {
            let (written, empty) = (drawn("MWHKR", seed), drawn("     ", seed));
            assert_eq!((written.width(), written.height()), (150, 50));
            assert!(ink(&written) > ink(&empty) + 500, "seed {seed}: {} {}", ink(&written), ink(&empty));
        }
    }
}
