//! An answer's body, unpacked within bounds, and the format that it is in.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use vitrine_sdk::exposition::Format;
use vitrine_sdk::http::Response;

/// The text and its format; an error says in words why there is none.
pub(crate) fn read(response: &Response, most: usize) -> Result<(Cow<'_, [u8]>, Format), String> {
    let body = match response.header("content-encoding").map(str::trim) {
        None | Some("" | "identity") => Cow::Borrowed(response.body.as_slice()),
        Some(coding) if coding.eq_ignore_ascii_case("gzip") => Cow::Owned(unpack(&response.body, most)?),
        Some(coding) => return Err(["the answer is packed as `", coding, "`, which nobody asked for"].concat()),
    };
    if body.len() > most {
        return Err(too_large(most));
    }
    Ok((body, format(response)?))
}

/// What says nothing of itself is taken for Prometheus's format; a page for people is not.
fn format(response: &Response) -> Result<Format, String> {
    match response.header("content-type") {
        None | Some("") => Ok(Format::Prometheus),
        Some(text) => Format::of_content_type(text).ok_or_else(|| {
            ["the answer's content type is `", text, "`, which is no format of metrics: is the path right?"].concat()
        }),
    }
}

fn unpack(bytes: &[u8], most: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    let mut reader = MultiGzDecoder::new(bytes).take(most as u64 + 1);
    reader.read_to_end(&mut body).map_err(|error| ["the answer cannot be unpacked: ", &error.to_string()].concat())?;
    if body.len() > most { Err(too_large(most)) } else { Ok(body) }
}

fn too_large(most: usize) -> String {
    ["the answer has more than ", &most.to_string(), " bytes: see `body_size_limit`"].concat()
}
