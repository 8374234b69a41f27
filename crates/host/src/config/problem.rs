//! What is wrong with a configuration: all of it, in the order of its sources, one message each.

use std::fmt;

use super::tree::Origin;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    origin: Origin,
    text: String,
    hints: Vec<String>,
    syntax: bool,
}

impl Problem {
    /// Adds what to do about it.
    pub fn hint(&mut self, hint: impl Into<String>) {
        self.hints.push(hint.into());
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        self.hints.iter().try_for_each(|hint| write!(f, "\n  hint: {hint}"))
    }
}

/// All that was found so far.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<Problem>,
    broken: Vec<usize>,
}

impl Problems {
    /// Adds one about a line that is not TOML, the first of each line. What that line and those below it seem to say is not told.
    pub fn syntax(&mut self, origin: &Origin, text: String) -> Option<&mut Problem> {
        let Origin::File(_, position) = origin else { return None };
        if self.broken.contains(&position.line) {
            return None;
        }
        self.broken.push(position.line);
        let problem = self.add(origin, text);
        problem.syntax = true;
        Some(problem)
    }

    /// Whether a file is only partly read: what is missing in it may be there.
    pub fn is_partial(&self) -> bool {
        !self.broken.is_empty()
    }

    /// Adds one about a setting. `text` goes on from the setting's name: "is `x`: expected …".
    pub fn about(&mut self, setting: &str, origin: &Origin, text: impl fmt::Display) -> &mut Problem {
        let text = match (origin.names(setting), origin) {
            (Some(name), Origin::Flag { .. }) => format!("`{name}` {text}"),
            (Some(name), _) => format!("{name} {text}"),
            (None, Origin::Default | Origin::Machine(_)) => format!("`{setting}` {text}"),
            (None, _) => format!("{origin}: `{setting}` {text}"),
        };
        self.add(origin, text)
    }

    /// Adds one with its own text. `origin` decides its place among the others.
    pub fn add(&mut self, origin: &Origin, text: String) -> &mut Problem {
        self.found.push(Problem { origin: origin.clone(), text, hints: Vec::new(), syntax: false });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// All of them as one error, each after the first with its own `error: `.
    ///
    /// # Errors
    /// When there are any.
    pub fn into_result(mut self) -> anyhow::Result<()> {
        self.found.sort_by(|one, other| one.origin.rank().cmp(&other.origin.rank()));
        let mut told: Vec<Problem> = Vec::new();
        let unsure = |problem: &Problem| {
            let line = problem.origin.rank().1.map(|position| position.line);
            !problem.syntax && line.zip(self.broken.iter().min().copied()).is_some_and(|(line, broken)| line >= broken)
        };
        for problem in self.found {
            // The lower sources are read again with each one above.
            if !told.contains(&problem) && !unsure(&problem) {
                told.push(problem);
            }
        }
        let texts: Vec<_> = told.iter().map(Problem::to_string).collect();
        if texts.is_empty() { Ok(()) } else { Err(anyhow::anyhow!(texts.join("\nerror: "))) }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::super::tree::{File, Position};
    use super::*;

    #[test]
    fn in_the_order_of_the_sources() {
        let file = Rc::new(File { path: "ssr-host.toml".into() });
        let line = |line| Origin::File(file.clone(), Position { line, column: 1 });
        let variable = Origin::Variable { name: "SSR_HOST_A_B".into(), path: "a.b".into() };
        let flag = Origin::Flag { name: "--set a.b".into(), path: "a.b".into() };
        let mut problems = Problems::default();
        problems.about("a.b", &flag, "is `1`");
        problems.about("a.b[0]", &variable, "is `2`");
        problems.about("a.b", &variable, "is `3`").hint("do this");
        problems.about("a.b", &line(12), "is `4`");
        problems.about("a.b", &line(9), "is `5`");
        problems.about("a.b", &line(9), "is `5`");
        let expected = "ssr-host.toml:9: `a.b` is `5`
error: ssr-host.toml:12: `a.b` is `4`
error: SSR_HOST_A_B: `a.b[0]` is `2`
error: SSR_HOST_A_B is `3`
  hint: do this
error: `--set a.b` is `1`";
        assert_eq!(problems.into_result().unwrap_err().to_string(), expected);
        assert!(Problems::default().into_result().is_ok());
    }
}
