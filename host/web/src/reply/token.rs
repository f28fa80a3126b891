//! What a link in a message says, and its seal. The form is that of shared links; the purpose before it is another, so that none
//! serves for the other.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::form_urlencoded;
use vitrine_model::port::links::{Act, ActLink};
use vitrine_model::{Millis, Span};

use crate::share::{Refused, Seal};

const VERSION: &str = "v1";
const PURPOSE: &str = "vitrine reply link ";
/// No link is longer.
const MOST_BYTES: usize = 3_000;
/// What of the notice's title goes along.
const TITLE_BYTES: usize = 300;
/// Letters of the seal in a mark: half of it tells all links apart.
const MARK_LETTERS: usize = 22;

/// One act, for one person, on one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub act: Act,
    pub group: String,
    pub title: String,
    pub person: String,
    /// The delivery that brought the link.
    pub delivery: String,
    pub expires: Millis,
    /// By which it is known that it was used; empty until it was sealed.
    pub mark: String,
}

impl Reply {
    pub(crate) fn of(link: &ActLink, expires: Millis) -> Reply {
        Reply {
            act: link.act,
            group: link.group.clone(),
            title: link.title[..link.title.floor_char_boundary(TITLE_BYTES)].to_owned(),
            person: link.person.clone(),
            delivery: link.delivery.clone(),
            expires,
            mark: String::new(),
        }
    }

    /// The last part of the link's address.
    pub fn token(&self, seal: &dyn Seal) -> Result<String, String> {
        let (word, span) = match self.act {
            Act::Acknowledge => ("a", Span::ZERO),
            Act::Snooze(span) => ("z", span),
            Act::Silence(span) => ("s", span),
        };
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("e", &self.expires.to_string())
            .append_pair("a", word)
            .append_pair("l", &span.millis().to_string())
            .append_pair("g", &self.group)
            .append_pair("p", &self.person)
            .append_pair("d", &self.delivery)
            .append_pair("t", &self.title)
            .finish();
        let text = URL_SAFE_NO_PAD.encode(form);
        let sealed = URL_SAFE_NO_PAD.encode(seal.seal(sealed_text(&text).as_bytes())?);
        let token = format!("{VERSION}.{text}.{sealed}");
        match token.len() <= MOST_BYTES {
            true => Ok(token),
            false => Err("the link would be too long".to_owned()),
        }
    }

    /// Reads a link; first of all its seal.
    pub fn open(token: &str, seal: &dyn Seal, now: Millis) -> Result<Reply, Refused> {
        if token.len() > MOST_BYTES {
            return Err(Refused::Unknown);
        }
        let parts = token.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix('.')?.split_once('.'));
        let (text, letters) = parts.ok_or(Refused::Unknown)?;
        let sealed = URL_SAFE_NO_PAD.decode(letters).map_err(|_| Refused::Unknown)?;
        if !seal.holds(sealed_text(text).as_bytes(), &sealed).map_err(Refused::Unable)? {
            return Err(Refused::Unknown);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Refused::Unknown)?;
        let reply = Reply::read(&bytes, letters).ok_or(Refused::Unknown)?;
        if now >= reply.expires { Err(Refused::Expired) } else { Ok(reply) }
    }

    fn read(form: &[u8], letters: &str) -> Option<Reply> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(form).into_owned().collect();
        let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let span = Span::from_millis(get("l")?.parse().ok()?);
        let act = match get("a")?.as_str() {
            "a" => Act::Acknowledge,
            "z" => Act::Snooze(span),
            "s" => Act::Silence(span),
            _ => return None,
        };
        let expires: Millis = get("e")?.parse().ok()?;
        let mark = format!("{expires:013x}-{}", letters.get(..MARK_LETTERS).unwrap_or(letters));
        let (group, person) = (get("g")?, get("p")?);
        Some(Reply { act, group, title: get("t")?, person, delivery: get("d")?, expires, mark })
    }
}

/// When a mark may go.
pub(super) fn expiry(mark: &str) -> Option<Millis> {
    Millis::from_str_radix(mark.split_once('-')?.0, 16).ok()
}

fn sealed_text(text: &str) -> String {
    format!("{PURPOSE}{VERSION}.{text}")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;
    use crate::share::Share;

    /// A seal that is none, but differs with the text and the key.
    struct Sum(u8);

    impl Seal for Sum {
        fn seal(&self, text: &[u8]) -> Result<Vec<u8>, String> {
            Ok(text.iter().fold(vec![self.0; 32], |mut sum, byte| {
                sum.rotate_left(1);
                sum[0] = sum[0].wrapping_mul(31).wrapping_add(*byte);
                sum
            }))
        }
        fn holds(&self, text: &[u8], seal: &[u8]) -> Result<bool, String> {
            Ok(self.seal(text)? == seal)
        }
    }

    fn reply(act: Act) -> Reply {
        let link = ActLink {
            act,
            group: "ab12".to_owned(),
            title: "disk & co on wéb".to_owned(),
            delivery: "18f-ab12-mail".to_owned(),
            person: "ada@shop.example".to_owned(),
        };
        Reply::of(&link, 10_000)
    }

    #[test]
    fn a_link_says_what_it_does_until_it_expires() {
        for act in [Act::Acknowledge, Act::Snooze(Span::from_secs(60)), Act::Silence(Span::from_secs(7_200))] {
            let token = reply(act).token(&Sum(1)).unwrap();
            assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{token}");
            let read = Reply::open(&token, &Sum(1), 9_999).unwrap();
            assert_eq!(expiry(&read.mark), Some(10_000));
            assert_eq!(Reply { mark: String::new(), ..read }, reply(act));
            assert_eq!(Reply::open(&token, &Sum(1), 10_000), Err(Refused::Expired));
            assert_eq!(Reply::open(&token, &Sum(2), 0), Err(Refused::Unknown));
        }
    }

    #[test]
    fn whatever_is_changed_in_a_link_it_does_nothing() {
        let token = reply(Act::Acknowledge).token(&Sum(1)).unwrap();
        for place in 0..token.len() {
            for letter in ["A", "z", "."] {
                let changed = format!("{}{letter}{}", &token[..place], &token[place + 1..]);
                if changed != token {
                    assert_eq!(Reply::open(&changed, &Sum(1), 0), Err(Refused::Unknown), "{changed}");
                }
            }
            assert_eq!(Reply::open(&token[..place], &Sum(1), 0), Err(Refused::Unknown));
        }
    }

    #[test]
    fn a_shared_link_does_nothing_and_a_long_one_is_not_made() {
        let share = Share { dashboard: "shop".to_owned(), panel: None, scope: Vec::new(), expires: 10_000 };
        let shared = share.token(&Sum(1)).unwrap();
        assert_eq!(Reply::open(&shared, &Sum(1), 0), Err(Refused::Unknown));
        let acting = reply(Act::Acknowledge).token(&Sum(1)).unwrap();
        assert_eq!(Share::open(&acting, &Sum(1), 0), Err(Refused::Unknown));
        assert!(Reply { person: "a".repeat(MOST_BYTES), ..reply(Act::Acknowledge) }.token(&Sum(1)).is_err());
    }
}
