//! JavaScript cut into words, strings and marks: as much of its grammar as it takes to know what is a comment, a string or a regular
//! expression. Whether a slash divides or begins an expression is told from what is before it, which is right but for code that nobody writes.

/// A piece of a program. Comments, regular expressions and the text of templates are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// An identifier, a keyword or a number.
    Word(&'a str),
    /// What is in a string, as it is written.
    Text(&'a str),
    /// Anything else.
    Mark(char),
}

/// Words after which a slash begins a regular expression.
const BEFORE_EXPRESSION: [&str; 14] =
    ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "instanceof", "await", "yield"];

/// All tokens of a program.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    // For each template that is open, how many braces are open in its expression.
    let mut templates: Vec<usize> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest[2..].find("*/").map_or(rest.len(), |end| end + 4),
            '/' if begins_expression(tokens.last()) => expression(rest).unwrap_or(1),
            '"' | '\'' => match string(rest, c) {
                Some(end) => {
                    tokens.push(Token::Text(&rest[1..end]));
                    end + 1
                }
                None => 1,
            },
            '`' => template(&rest[1..], &mut templates) + 1,
            '{' | '}' if !templates.is_empty() => match (c, templates.last_mut()) {
                ('{', Some(open)) => {
                    *open += 1;
                    1
                }
                (_, Some(open)) if *open > 0 => {
                    *open -= 1;
                    1
                }
                _ => {
                    templates.pop();
                    template(&rest[1..], &mut templates) + 1
                }
            },
            c if is_word(c) => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                tokens.push(Token::Word(&rest[..end]));
                end
            }
            c if c.is_whitespace() => c.len_utf8(),
            c => {
                tokens.push(Token::Mark(c));
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

fn begins_expression(before: Option<&Token<'_>>) -> bool {
    match before {
        Some(Token::Word(word)) => BEFORE_EXPRESSION.contains(word),
        Some(Token::Text(_)) => false,
        Some(Token::Mark(mark)) => !matches!(mark, ')' | ']' | '}'),
        None => true,
    }
}

/// Where a string ends, of which `text` begins with the quote; none when its line ends before.
fn string(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (place, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return None,
            c if c == quote => return Some(place),
            _ => {}
        }
    }
    None
}

/// Length of a regular expression without its flags; none when its line ends before.
fn expression(text: &str) -> Option<usize> {
    let (mut escaped, mut in_class) = (false, false);
    for (place, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => return Some(place + 1),
            _ => {}
        }
    }
    None
}

/// Length of a piece of a template, to its end or to the next expression, which is then open.
fn template(text: &str, templates: &mut Vec<usize>) -> usize {
    let mut escaped = false;
    for (place, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '`' => return place + 1,
            '$' if text[place + 1..].starts_with('{') => {
                templates.push(0);
                return place + 2;
            }
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        let words = tokens(text).into_iter().filter_map(|token| match token {
            Token::Word(word) => Some(word.to_owned()),
            Token::Text(text) => Some(format!("'{text}'")),
            Token::Mark(_) => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_code() {
        let cases = [
            ("a // b\nc /* d */ e", "a c e"),
            (r#"a "b\"c" 'd"e' f"#, r#"a 'b\"c' 'd"e' f"#),
            ("a / b / c", "a b c"),
            ("x = /['\"]/g; y", "x g y"),
            ("return /[/\"]/.test(x)", "return test x"),
            ("f(/a\\/'/, b)", "f b"),
            ("(a) / 2 + 'b'", "a 2 'b'"),
            ("`a ${b + `c ${d} 'e'` + {f: {g}}} h` + i", "b d f g i"),
            ("`\\`${a}` b", "a b"),
            ("'not closed\nb", "not closed b"),
            ("\u{e9}t\u{e9} = '\u{2013}'", "\u{e9}t\u{e9} '\u{2013}'"),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}
