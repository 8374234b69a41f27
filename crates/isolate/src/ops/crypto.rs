//! Hashes, randomness and HTML sanitising for `node:crypto` and `isomorphic-dompurify`.

use std::cell::RefCell;
use std::rc::Rc;

use aws_lc_rs::{constant_time, digest, hmac, rand};
use deno_core::{OpState, Resource, ResourceId, ToJsBuffer, op2};
use deno_error::JsErrorBox;
use md5::Digest as _;

enum Hasher {
    Digest(Box<digest::Context>),
    Md5(md5::Md5),
    Hmac(Box<hmac::Context>),
}

struct HashResource(RefCell<Option<Hasher>>);

impl Resource for HashResource {
    fn name(&self) -> std::borrow::Cow<'_, str> {
        "hash".into()
    }
}

fn unsupported(algorithm: &str) -> JsErrorBox {
    JsErrorBox::generic(format!(
        "Digest method not supported: `{algorithm}` (ssr-host has md5, sha1, sha224, sha256, sha384, sha512, sha512-256, sha3-256, sha3-384, sha3-512)"
    ))
}

fn normalise(algorithm: &str) -> String {
    algorithm.to_ascii_lowercase().replace("rsa-", "").replace("sha-", "sha").replace('/', "-")
}

fn digest_algorithm(algorithm: &str) -> Option<&'static digest::Algorithm> {
    Some(match normalise(algorithm).as_str() {
        "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        "sha224" => &digest::SHA224,
        "sha256" => &digest::SHA256,
        "sha384" => &digest::SHA384,
        "sha512" => &digest::SHA512,
        "sha512-256" => &digest::SHA512_256,
        "sha3-256" => &digest::SHA3_256,
        "sha3-384" => &digest::SHA3_384,
        "sha3-512" => &digest::SHA3_512,
        _ => return None,
    })
}

fn hasher(algorithm: &str) -> Result<Hasher, JsErrorBox> {
    if normalise(algorithm) == "md5" {
        return Ok(Hasher::Md5(md5::Md5::new()));
    }
    digest_algorithm(algorithm)
        .map(|algorithm| Hasher::Digest(Box::new(digest::Context::new(algorithm))))
        .ok_or_else(|| unsupported(algorithm))
}

impl Hasher {
    fn update(&mut self, data: &[u8]) {
        match self {
            Hasher::Digest(context) => context.update(data),
            Hasher::Md5(context) => context.update(data),
            Hasher::Hmac(context) => context.update(data),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Hasher::Digest(context) => context.finish().as_ref().to_vec(),
            Hasher::Md5(context) => context.finalize().to_vec(),
            Hasher::Hmac(context) => context.sign().as_ref().to_vec(),
        }
    }
}

#[op2]
#[serde]
pub(crate) fn op_hash(#[string] algorithm: &str, #[buffer] data: &[u8]) -> Result<ToJsBuffer, JsErrorBox> {
    let mut hasher = hasher(algorithm)?;
    hasher.update(data);
    Ok(hasher.finish().into())
}

#[op2(fast)]
#[smi]
pub(crate) fn op_hash_new(state: &mut OpState, #[string] algorithm: &str) -> Result<ResourceId, JsErrorBox> {
    let hasher = hasher(algorithm)?;
    Ok(state.resource_table.add(HashResource(RefCell::new(Some(hasher)))))
}

#[op2(fast)]
#[smi]
pub(crate) fn op_hmac_new(
    state: &mut OpState,
    #[string] algorithm: &str,
    #[buffer] key: &[u8],
) -> Result<ResourceId, JsErrorBox> {
    let hmac_algorithm = match normalise(algorithm).as_str() {
        "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha224" => hmac::HMAC_SHA224,
        "sha256" => hmac::HMAC_SHA256,
        "sha384" => hmac::HMAC_SHA384,
        "sha512" => hmac::HMAC_SHA512,
        _ => return Err(unsupported(algorithm)),
    };
    let context = hmac::Context::with_key(&hmac::Key::new(hmac_algorithm, key));
    Ok(state.resource_table.add(HashResource(RefCell::new(Some(Hasher::Hmac(Box::new(context)))))))
}

fn resource(state: &OpState, rid: ResourceId) -> Result<Rc<HashResource>, JsErrorBox> {
    state.resource_table.get(rid).map_err(|_| JsErrorBox::generic("Digest already called"))
}

#[op2(fast)]
pub(crate) fn op_hash_update(state: &mut OpState, #[smi] rid: ResourceId, #[buffer] data: &[u8]) -> Result<(), JsErrorBox> {
    if let Some(hasher) = resource(state, rid)?.0.borrow_mut().as_mut() {
        hasher.update(data);
    }
    Ok(())
}

#[op2]
#[serde]
pub(crate) fn op_hash_digest(state: &mut OpState, #[smi] rid: ResourceId) -> Result<ToJsBuffer, JsErrorBox> {
    let hasher = resource(state, rid)?.0.borrow_mut().take();
    let _ = state.resource_table.take_any(rid);
    hasher.map(|hasher| hasher.finish().into()).ok_or_else(|| JsErrorBox::generic("Digest already called"))
}

#[op2(fast)]
pub(crate) fn op_random_bytes(#[buffer] buffer: &mut [u8]) -> Result<(), JsErrorBox> {
    rand::fill(buffer).map_err(|_| JsErrorBox::generic("the system gave no random bytes"))
}

#[op2(fast)]
pub(crate) fn op_timing_safe_equal(#[buffer] a: &[u8], #[buffer] b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// DOMPurify's `sanitize`; see [`crate::sanitize`].
#[op2]
#[string]
pub(crate) fn op_sanitize_html(#[string] html: &str, #[string] options: &str) -> Result<String, JsErrorBox> {
    crate::sanitize::sanitize_json(html, options).map_err(|e| JsErrorBox::type_error(e.to_string()))
}
