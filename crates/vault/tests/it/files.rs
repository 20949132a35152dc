use std::ops::Range;

use cerulean_vault::{FILE_CHUNK_BYTES, FILE_HEADER_BYTES, FileLayout, Vault, VaultError};
use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};

use crate::{APP, OTHER_APP, vault};

const SEALED_CHUNK: usize = FILE_CHUNK_BYTES + 16;

fn content(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    StdRng::seed_from_u64(len as u64).fill_bytes(&mut bytes);
    bytes
}

/// Cuts bytes into pieces of random sizes, as a network would.
fn pieces<'a>(bytes: &'a [u8], rng: &mut StdRng) -> Vec<&'a [u8]> {
    let mut rest = bytes;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(rng.random_range(1..=200_000).min(rest.len()));
        pieces.push(piece);
        rest = later;
    }
    pieces
}

fn seal(vault: &Vault, id: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut rng = StdRng::seed_from_u64(plain.len() as u64);
    let mut sealer = vault.file_sealer(APP, id).unwrap();
    let mut out = Vec::new();
    for piece in pieces(plain, &mut rng) {
        sealer.push(piece, &mut out).unwrap();
    }
    let layout = sealer.finish(&mut out).unwrap();
    assert_eq!((layout.plain_len(), layout.sealed_len()), (plain.len() as u64, out.len() as u64));
    out
}

fn open(vault: &Vault, id: &[u8], sealed: &[u8], range: Option<Range<u64>>) -> Result<Vec<u8>, VaultError> {
    let layout = FileLayout::of_sealed(sealed.len() as u64).ok_or(VaultError::Truncated)?;
    let plan = range.map_or(layout.whole(), |range| layout.range(range).unwrap());
    let opener = vault.file_opener(APP, id, &sealed[..FILE_HEADER_BYTES])?;
    let mut reader = opener.open_range(&plan);
    let fetched = &sealed[plan.sealed().start as usize..plan.sealed().end as usize];
    let mut rng = StdRng::seed_from_u64(fetched.len() as u64);
    let mut out = Vec::new();
    for piece in pieces(fetched, &mut rng) {
        reader.push(piece, &mut out)?;
    }
    reader.finish()?;
    Ok(out)
}

#[test]
fn files_of_every_edge_size_come_back() {
    let vault = vault();
    let chunk = FILE_CHUNK_BYTES;
    for len in [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 17, 1_000_000] {
        let plain = content(len);
        let sealed = seal(&vault, b"file", &plain);
        assert!(open(&vault, b"file", &sealed, None).unwrap() == plain, "{len}");
    }
}

#[test]
fn any_range_comes_back_alone() {
    let vault = vault();
    let plain = content(3 * FILE_CHUNK_BYTES + 100);
    let sealed = seal(&vault, b"file", &plain);
    let mut rng = StdRng::seed_from_u64(5);
    let len = plain.len() as u64;
    let chunk = FILE_CHUNK_BYTES as u64;
    let mut ranges = vec![0..0, 0..1, len - 1..len, len..len, chunk..2 * chunk, chunk - 1..chunk + 1, 0..len];
    ranges.extend((0..200).map(|_| {
        let (one, other) = (rng.random_range(0..=len), rng.random_range(0..=len));
        one.min(other)..one.max(other)
    }));
    for range in ranges {
        let opened = open(&vault, b"file", &sealed, Some(range.clone())).unwrap();
        assert!(opened == plain[range.start as usize..range.end as usize], "{range:?}");
    }
}

#[test]
fn range_fetches_only_its_chunks() {
    let range = FileLayout::of_plain(1 << 30).range(500_000_000..500_000_010).unwrap();
    assert_eq!((range.sealed().end - range.sealed().start, range.plain_len()), (SEALED_CHUNK as u64, 10));
}

#[test]
fn cut_file_is_noticed_wherever_it_is_cut() {
    let vault = vault();
    let sealed = seal(&vault, b"file", &content(3 * FILE_CHUNK_BYTES + 100));
    let at_chunk_border = FILE_HEADER_BYTES + 2 * SEALED_CHUNK;
    for cut in [0, FILE_HEADER_BYTES, at_chunk_border - 1, at_chunk_border, at_chunk_border + 20, sealed.len() - 1] {
        assert!(open(&vault, b"file", &sealed[..cut], None).is_err(), "cut at {cut}");
    }
    let longer = [&sealed[..], &vec![0; SEALED_CHUNK][..]].concat();
    assert!(open(&vault, b"file", &longer, None).is_err(), "lengthened");
}

#[test]
fn file_that_ends_early_while_streaming_is_noticed() {
    let vault = vault();
    let sealed = seal(&vault, b"file", &content(FILE_CHUNK_BYTES * 2));
    let layout = FileLayout::of_sealed(sealed.len() as u64).unwrap();
    let opener = vault.file_opener(APP, b"file", &sealed[..FILE_HEADER_BYTES]).unwrap();
    let mut reader = opener.open_range(&layout.whole());
    reader.push(&sealed[FILE_HEADER_BYTES..FILE_HEADER_BYTES + SEALED_CHUNK], &mut Vec::new()).unwrap();
    assert!(matches!(reader.finish(), Err(VaultError::Truncated)));
}

#[test]
fn moved_and_mixed_chunks_do_not_open() {
    let vault = vault();
    let plain = content(3 * FILE_CHUNK_BYTES + 100);
    let sealed = seal(&vault, b"file", &plain);
    let other = seal(&vault, b"file", &plain);
    let chunk =
        |number: usize| FILE_HEADER_BYTES + number * SEALED_CHUNK..FILE_HEADER_BYTES + (number + 1) * SEALED_CHUNK;

    let mut swapped = sealed.clone();
    swapped[chunk(0)].copy_from_slice(&sealed[chunk(1)]);
    swapped[chunk(1)].copy_from_slice(&sealed[chunk(0)]);
    let mut removed = sealed.clone();
    removed.drain(chunk(1));
    let mut repeated = sealed.clone();
    repeated.splice(chunk(1).start..chunk(1).start, sealed[chunk(0)].iter().copied());
    let mut mixed = sealed.clone();
    mixed[chunk(1)].copy_from_slice(&other[chunk(1)]);
    let mut flipped = sealed.clone();
    flipped[chunk(2).start + 7] ^= 1;
    for (name, bad) in
        [("swapped", swapped), ("removed", removed), ("repeated", repeated), ("mixed", mixed), ("flipped", flipped)]
    {
        assert!(matches!(open(&vault, b"file", &bad, None), Err(VaultError::Unreadable { .. })), "{name}");
    }
}

#[test]
fn nothing_comes_out_of_a_chunk_that_does_not_open() {
    let vault = vault();
    let mut sealed = seal(&vault, b"file", &content(100));
    *sealed.last_mut().unwrap() ^= 1;
    let layout = FileLayout::of_sealed(sealed.len() as u64).unwrap();
    let opener = vault.file_opener(APP, b"file", &sealed[..FILE_HEADER_BYTES]).unwrap();
    let mut out = b"before".to_vec();
    assert!(opener.open_range(&layout.whole()).push(&sealed[FILE_HEADER_BYTES..], &mut out).is_err());
    assert_eq!(out, b"before");
}

#[test]
fn file_opens_under_its_id_and_app_only() {
    let vault = vault();
    let sealed = seal(&vault, b"file", b"content");
    assert!(matches!(open(&vault, b"elif", &sealed, None), Err(VaultError::Unreadable { .. })));
    let opener = vault.file_opener(OTHER_APP, b"file", &sealed[..FILE_HEADER_BYTES]).unwrap();
    let mut reader = opener.open_range(&FileLayout::of_plain(7).whole());
    assert!(reader.push(&sealed[FILE_HEADER_BYTES..], &mut Vec::new()).is_err());
}

#[test]
fn old_files_open_after_rotation() {
    let vault = vault();
    let sealed = seal(&vault, b"file", b"content");
    vault.rotate(APP).unwrap();
    assert_eq!(open(&vault, b"file", &sealed, None).unwrap(), b"content");
}
