//! `cjson.decode`: JSON text as a Lua value. Null is an address that is none, `cjson.null`.

use super::lexer::{Lexer, Token};
use crate::api::chunk::text_argument;
use crate::vm::{Outcome, Raise, Stack};

/// Depth that is never exceeded, whatever the settings say.
const DEPTH_MAX: i32 = 2000;

pub fn decode(stack: &mut Stack) -> Outcome {
    if stack.top() != 1 {
        return Err(Raise::argument(1, "expected 1 argument"));
    }
    let text = text_argument(stack, 1)?;
    if text.len() >= 2 && (text[0] == 0 || text[1] == 0) {
        return Err(Raise::at("JSON parser does not support UTF-16 or UTF-32"));
    }
    let settings = super::settings(stack);
    let lexer = Lexer::new(&text, settings.decodes_invalid);
    let mut reader = Reader { stack, lexer, depth: 0, depth_max: settings.decode_depth_max.min(DEPTH_MAX) };
    let (token, at) = reader.lexer.next();
    reader.value(token, at)?;
    match reader.lexer.next() {
        (Token::End, _) => Ok(1),
        (token, at) => Err(expected("the end", &token, at)),
    }
}

struct Reader<'s, 't> {
    stack: &'s mut Stack,
    lexer: Lexer<'t>,
    depth: i32,
    depth_max: i32,
}

fn expected(what: &str, found: &Token, at: usize) -> Raise {
    Raise::text(format!("Expected {what} but found {} at character {}", found.name(), at + 1))
}

impl Reader<'_, '_> {
    /// Pushes the value that begins with a token.
    fn value(&mut self, token: Token, at: usize) -> Result<(), Raise> {
        self.stack.work(1)?;
        match token {
            Token::Text(text) => self.stack.push_bytes(&text),
            Token::Number(number) => self.stack.push_number(number),
            Token::Boolean(value) => self.stack.push_boolean(value),
            Token::Null => self.stack.push_address(std::ptr::null()),
            Token::Sign(b'{') => return self.object(at),
            Token::Sign(b'[') => return self.array(at),
            other => return Err(expected("value", &other, at)),
        }
        Ok(())
    }

    fn descend(&mut self, at: usize) -> Result<(), Raise> {
        self.depth += 1;
        if self.depth > self.depth_max || self.stack.reserve(6).is_err() {
            let depth = self.depth;
            return Err(Raise::text(format!(
                "Found too many nested data structures ({depth}) at character {}",
                at + 1
            )));
        }
        Ok(())
    }

    fn object(&mut self, at: usize) -> Result<(), Raise> {
        self.descend(at)?;
        self.stack.push_table(0, 0);
        let (mut token, mut at) = self.lexer.next();
        if token != Token::Sign(b'}') {
            loop {
                let Token::Text(key) = token else { return Err(expected("object key string", &token, at)) };
                self.stack.push_bytes(&key);
                (token, at) = self.lexer.next();
                if token != Token::Sign(b':') {
                    return Err(expected("colon", &token, at));
                }
                (token, at) = self.lexer.next();
                self.value(token, at)?;
                self.stack.set_pair(-3);
                (token, at) = self.lexer.next();
                match token {
                    Token::Sign(b'}') => break,
                    Token::Sign(b',') => (token, at) = self.lexer.next(),
                    other => return Err(expected("comma or object end", &other, at)),
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn array(&mut self, at: usize) -> Result<(), Raise> {
        self.descend(at)?;
        self.stack.push_table(0, 0);
        let (mut token, mut at) = self.lexer.next();
        if token != Token::Sign(b']') {
            for index in 1.. {
                self.value(token, at)?;
                self.stack.set_element(-2, index);
                (token, at) = self.lexer.next();
                match token {
                    Token::Sign(b']') => break,
                    Token::Sign(b',') => (token, at) = self.lexer.next(),
                    other => return Err(expected("comma or array end", &other, at)),
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }
}
