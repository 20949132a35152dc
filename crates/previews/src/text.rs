//! Words of strangers made fit to be shown between words of ours.

/// Longest name of a site, title and description, in characters.
pub(crate) const SITE_CHARS: usize = 80;
pub(crate) const TITLE_CHARS: usize = 200;
pub(crate) const DESCRIPTION_CHARS: usize = 400;

/// Marks in a row on one letter; more only paint over other lines.
const MARKS: usize = 4;

/// One line without what controls the text around it, cut with an ellipsis where it is longer.
pub(crate) fn clean(text: &str, most_chars: usize) -> String {
    let mut out = String::new();
    let (mut chars, mut marks) = (0, 0);
    for letter in text.split_whitespace().flat_map(|word| word.chars().chain([' '])) {
        marks = if is_mark(letter) { marks + 1 } else { 0 };
        if is_steering(letter) || marks > MARKS || (letter == ' ' && (out.is_empty() || out.ends_with(' '))) {
            continue;
        }
        if chars == most_chars {
            if letter != ' ' {
                // The ellipsis takes the place of the last one.
                out.pop();
                out.truncate(out.trim_end().len());
                out.push('…');
            }
            return out;
        }
        out.push(letter);
        chars += 1;
    }
    out.truncate(out.trim_end().len());
    out
}

/// Controls, what turns the direction of writing, and what is not seen at all. Joiners stay: scripts and emoji need them.
fn is_steering(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_becomes_one_space() {
        assert_eq!(clean("  a \n\t b\u{a0}\u{3000}c  ", 80), "a b c");
        assert_eq!(clean(" \n ", 80), "");
    }

    #[test]
    fn what_steers_the_text_around_it_is_gone() {
        assert_eq!(clean("pay\u{202e}lap\u{2066}x\u{200f}\u{0}\u{7}\u{1b}[1m\u{200b}\u{feff}", 80), "paylapx[1m");
        assert_eq!(clean("\u{202e} \u{2069}", 80), "");
        assert_eq!(clean("a \u{202e} b", 80), "a b");
        assert_eq!(clean("a\u{e0041}\u{e000}", 80), "a");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(clean("天地玄黄宇宙洪荒", 8), "天地玄黄宇宙洪荒");
        assert_eq!(clean("天地玄黄宇宙洪荒日", 8), "天地玄黄宇宙洪…");
        assert_eq!(clean("one two three", 5), "one…");
        assert_eq!(clean(&"x".repeat(1_000_000), 200).chars().count(), 200);
        assert_eq!(clean("exact ", 5), "exact");
    }

    #[test]
    fn marks_do_not_pile_up() {
        assert_eq!(clean(&format!("Z{}algo", "\u{301}".repeat(500)), 200), format!("Z{}algo", "\u{301}".repeat(4)));
        assert_eq!(clean("family 👨\u{200d}👩\u{200d}👧", 80), "family 👨\u{200d}👩\u{200d}👧");
    }
}
