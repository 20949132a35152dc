//! How to describe an operation, kept until somebody asks.

use super::describe::DescribeHandler;
use super::description::Description;

type Step = Box<dyn Fn(&mut Description) + Send + Sync>;

/// The steps that make the description of an operation, in their order: its handler's, then those of its route.
pub(super) struct Outline {
    summary: &'static str,
    steps: Vec<Step>,
}

impl Outline {
    pub fn of_handler<H: DescribeHandler<T> + 'static, T: 'static>(summary: &'static str) -> Self {
        Self { summary, steps: vec![Box::new(H::describe)] }
    }

    pub fn then(&mut self, step: impl Fn(&mut Description) + Send + Sync + 'static) {
        self.steps.push(Box::new(step));
    }

    pub fn describe(&self) -> Description {
        let mut description = Description::new(self.summary);
        for step in &self.steps {
            step(&mut description);
        }
        description
    }
}
