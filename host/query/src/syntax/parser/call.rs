//! `function(argument, …)`: whether there is such a function, and whether it takes these.

use super::{OR, Parser};
use crate::QueryError;
use crate::functions::registry::{self, Function};
use crate::syntax::prepare::prepare;
use crate::syntax::token::Token;
use crate::syntax::tree::{Call, Kind, Node};

impl Parser<'_> {
    pub(super) fn call(&mut self) -> Result<Node, QueryError> {
        let name = self.advance();
        let function = self.function(name)?;
        self.advance();
        let mut arguments = Vec::new();
        while !self.is_sign(")") {
            arguments.push(self.expression(OR)?);
            if !self.take_sign(",") {
                break;
            }
            if self.is_sign(")") {
                return Err(self.wrong_here("trailing commas not allowed in function call args"));
            }
        }
        let close = self.expect_sign(")", "in function call")?;
        let place = name.place.until(close.place);
        self.check_arguments(function, &arguments, name)?;
        let prepared = prepare(function, &arguments).map_err(|reason| self.wrong_pattern(place, reason))?;
        Ok(Node { kind: Kind::Call(Box::new(Call { function, arguments, prepared })), place })
    }

    fn function(&self, name: Token) -> Result<&'static Function, QueryError> {
        let word = self.text_of(name);
        if let Some(function) = registry::find(word) {
            return Ok(function);
        }
        let hint = match registry::nearest(word) {
            Some(near) => format!(": did you mean `{}`? It {}", near.signature(), near.about),
            None => String::new(),
        };
        Err(self.wrong_at(name.place, format!("unknown function with name {word:?}{hint}")))
    }

    fn check_arguments(&self, function: &Function, arguments: &[Node], name: Token) -> Result<(), QueryError> {
        let (least, most) = function.counts();
        let count = arguments.len();
        if count < least || most.is_some_and(|most| count > most) {
            let wanted = match most {
                Some(most) if most == least => format!("{least}"),
                Some(most) if count > most => format!("at most {most}"),
                _ => format!("at least {least}"),
            };
            let reason = format!("expected {wanted} argument(s) in call to {:?}, got {count}", function.name);
            return Err(self.wrong_at(name.place, format!("{reason}: it is `{}`", function.signature())));
        }
        for (place, argument) in arguments.iter().enumerate() {
            self.expect_type(argument, function.parameter(place), &format!("call to function {:?}", function.name))?;
        }
        Ok(())
    }
}
