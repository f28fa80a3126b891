//! Writes the messages that senders write, for tests and benchmarks.

/// A message under way.
#[derive(Debug, Clone, Default)]
pub struct Message(pub Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value as u8 & 0x7f) | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn key(&mut self, number: u32, kind: u8) {
        self.varint(u64::from(number << 3) | u64::from(kind));
    }

    pub fn number(mut self, number: u32, value: u64) -> Message {
        self.key(number, 0);
        self.varint(value);
        self
    }

    pub fn fixed(mut self, number: u32, bits: u64) -> Message {
        self.key(number, 1);
        self.0.extend_from_slice(&bits.to_le_bytes());
        self
    }

    pub fn double(self, number: u32, value: f64) -> Message {
        self.fixed(number, value.to_bits())
    }

    pub fn bytes(mut self, number: u32, bytes: &[u8]) -> Message {
        self.key(number, 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    pub fn text(self, number: u32, text: &str) -> Message {
        self.bytes(number, text.as_bytes())
    }

    pub fn message(self, number: u32, message: Message) -> Message {
        self.bytes(number, &message.0)
    }

    pub fn packed(self, number: u32, values: &[u64]) -> Message {
        let mut packed = Message::default();
        values.iter().for_each(|value| packed.varint(*value));
        self.message(number, packed)
    }
}

pub type Series<'a> = (Vec<(&'a str, String)>, Vec<(i64, f64)>);

fn sample((time, value): &(i64, f64)) -> Message {
    Message::default().double(1, *value).number(2, time.cast_unsigned())
}

/// Remote write 1.0, not compressed.
pub fn first(series: &[Series<'_>]) -> Vec<u8> {
    let mut request = Message::default();
    for (labels, samples) in series {
        let mut one = Message::default();
        for (name, value) in labels {
            one = one.message(1, Message::default().text(1, name).text(2, value));
        }
        for both in samples {
            one = one.message(2, sample(both));
        }
        request = request.message(1, one);
    }
    request.0
}

/// Remote write 2.0, not compressed.
pub fn second(series: &[Series<'_>]) -> Vec<u8> {
    let mut symbols: Vec<String> = vec![String::new()];
    let mut places = std::collections::HashMap::new();
    let mut rest = Message::default();
    for (labels, samples) in series {
        let mut references = Vec::new();
        for text in labels.iter().flat_map(|(name, value)| [*name, value.as_str()]) {
            let place = *places.entry(text.to_owned()).or_insert_with(|| {
                symbols.push(text.to_owned());
                symbols.len() as u64 - 1
            });
            references.push(place);
        }
        let mut one = Message::default().packed(1, &references);
        for both in samples {
            one = one.message(2, sample(both));
        }
        rest = rest.message(5, one);
    }
    let mut request = symbols.iter().fold(Message::default(), |request, symbol| request.text(4, symbol));
    request.0.extend_from_slice(&rest.0);
    request.0
}
