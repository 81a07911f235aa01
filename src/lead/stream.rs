//! Layers under a lead file: decompression by magic number, UTF-16 to UTF-8, old line ends to new ones.

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{BufRead, BufReader, Cursor, Error, Read, Result};

use crate::data::encoding::Encoding;

/// Bytes of leads, from anywhere.
pub type Source<'a> = Box<dyn Read + Send + 'a>;

/// Reads until the buffer holds so many bytes, or the source ends; whether it goes on.
pub fn fill(source: &mut dyn Read, buffer: &mut Vec<u8>, wanted: usize) -> Result<bool> {
    let missing = wanted.saturating_sub(buffer.len());
    let got = source.take(missing as u64).read_to_end(buffer)?;
    Ok(got == missing)
}

/// The first bytes of a source, and the source as if they had not been read.
pub fn peek(mut source: Source<'_>, count: usize) -> Result<(Vec<u8>, Source<'_>)> {
    let mut start = Vec::new();
    fill(&mut source, &mut start, count)?;
    let again = Cursor::new(start.clone()).chain(source);
    Ok((start, Box::new(again)))
}

/// The content of a gzip or zstd stream (RFC 1952, RFC 8878), told by its magic number; anything else as it is.
pub fn decompressed(source: Source<'_>) -> Result<Source<'_>> {
    let (start, source) = peek(source, 4)?;
    Ok(match start.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(source)),
        // A zstd stream may start with a skippable frame.
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Box::new(Zstd::new(source)),
        _ => source,
    })
}

/// UTF-16 as UTF-8; half a surrogate pair becomes U+FFFD.
pub fn as_utf8(source: Source<'_>, encoding: Encoding) -> Source<'_> {
    match encoding {
        Encoding::Utf16Le => Box::new(Utf16::new(source, UTF_16LE.new_decoder_with_bom_removal())),
        Encoding::Utf16Be => Box::new(Utf16::new(source, UTF_16BE.new_decoder_with_bom_removal())),
        Encoding::Utf8 | Encoding::Windows1252 => source,
    }
}

/// The frames of a zstd stream one after the other; the crate's own streaming decoder ends with the first.
struct Zstd<'a> {
    source: BufReader<Source<'a>>,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<'a> Zstd<'a> {
    fn new(source: Source<'a>) -> Self {
        Zstd { source: BufReader::new(source), decoder: FrameDecoder::new(), in_frame: false }
    }

    /// Opens the next frame; false at the end of the stream.
    fn open(&mut self) -> Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.source) {
                Ok(()) => {
                    self.in_frame = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    std::io::copy(&mut (&mut self.source).take(u64::from(length)), &mut std::io::sink())?;
                }
                Err(_) => return Err(damaged()),
            }
        }
        Ok(false)
    }
}

impl Read for Zstd<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while self.in_frame || self.open()? {
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder
                    .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(|_| damaged())?;
            }
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            self.in_frame = false;
        }
        Ok(0)
    }
}

struct Utf16<'a> {
    source: Source<'a>,
    decoder: Decoder,
    /// Decoded and not yet handed out.
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<'a> Utf16<'a> {
    fn new(source: Source<'a>, decoder: Decoder) -> Self {
        Utf16 { source, decoder, ready: Vec::new(), given: 0, ended: false }
    }
}

impl Read for Utf16<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while self.given == self.ready.len() && !self.ended {
            let mut units = Vec::new();
            self.ended = !fill(&mut self.source, &mut units, 1 << 16)?;
            let mut text = String::with_capacity(self.decoder.max_utf8_buffer_length(units.len()).unwrap_or(1 << 18));
            // The buffer holds the longest text that so many bytes can give, so all is decoded at once.
            let _ = self.decoder.decode_to_string(&units, &mut text, self.ended);
            (self.ready, self.given) = (text.into_bytes(), 0);
        }
        let mut left = self.ready.get(self.given..).unwrap_or(&[]);
        let count = left.read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

/// The line ends of old Macintosh files, a carriage return alone, as new lines.
pub struct CarriageReturns<'a>(pub Source<'a>);

impl Read for CarriageReturns<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.0.read(buffer)?;
        buffer.iter_mut().take(count).filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        Ok(count)
    }
}

fn damaged() -> Error {
    Error::other("its zstd compression is damaged")
}
