//! What Google signs: ID tokens (`OpenID` Connect Core section 2) as JWS (RFC 7515), right ones and forged ones.

use super::{Claims, Person};
use backend::clock::Clock;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    hmac,
    rand::SystemRandom,
    rsa::{KeyPairComponents, PublicKeyComponents},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde_json::{Value, json};

/// The key that Google publishes, and one that it doesn't.
pub(crate) struct Keys {
    published: EcdsaKeyPair,
    strange: EcdsaKeyPair,
    issuer: String,
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn new_key() -> EcdsaKeyPair {
    let (chance, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
    let made = EcdsaKeyPair::generate_pkcs8(kind, &chance).unwrap();
    EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &chance).unwrap()
}

impl Keys {
    /// The name of the published one.
    pub(crate) const ID: &str = "published";

    pub(super) fn new(issuer: &str) -> Self {
        Self {
            published: new_key(),
            strange: new_key(),
            issuer: issuer.to_owned(),
        }
    }

    /// What is true of somebody who signs in now.
    pub(super) fn claims(&self, client: &str, person: &Person, nonce: Option<&str>) -> Claims {
        let now = Clock::system().now().unix_timestamp();
        let claims = json!({
            "iss": self.issuer, "aud": client, "azp": client, "sub": person.subject, "nonce": nonce,
            "iat": now, "exp": now + 3_600, "email": person.email, "email_verified": person.verified,
            "name": format!("{} {}", person.first_name, person.last_name),
            "given_name": person.first_name, "family_name": person.last_name,
        });
        claims.as_object().unwrap().clone()
    }

    /// The JWK set.
    pub(crate) fn published(&self) -> Value {
        json!({ "keys": [self.jwk()] })
    }

    pub(crate) fn jwk(&self) -> Value {
        let point = self.point();
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": Self::ID,
            "x": encode(&point[1..33]), "y": encode(&point[33..]),
        })
    }

    /// The key that everybody knows, as bytes: what a mistaken reader takes for a shared secret.
    pub(crate) fn point(&self) -> &[u8] {
        self.published.public_key().as_ref()
    }

    /// As Google does.
    pub(crate) fn sign(&self, claims: &Claims) -> String {
        self.sign_under(&json!({ "alg": "ES256", "typ": "JWT", "kid": Self::ID }), claims)
    }

    /// With the published key, whatever the header says.
    pub(crate) fn sign_under(&self, header: &Value, claims: &Claims) -> String {
        signed(header, claims, |text| by(&self.published, text))
    }

    /// With a key that is nobody's.
    pub(crate) fn sign_as_stranger(&self, header: &Value, claims: &Claims) -> String {
        signed(header, claims, |text| by(&self.strange, text))
    }

    /// With a key of their own that the token brings along.
    pub(crate) fn stranger_jwk(&self) -> Value {
        let point = self.strange.public_key().as_ref();
        json!({ "kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..]) })
    }
}

fn by(key: &EcdsaKeyPair, text: &[u8]) -> Vec<u8> {
    key.sign(&SystemRandom::new(), text).unwrap().as_ref().to_vec()
}

/// The compact form.
pub(crate) fn signed(header: &Value, claims: &Claims, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let text = format!(
        "{}.{}",
        encode(header.to_string()),
        encode(Value::from(claims.clone()).to_string())
    );
    format!("{text}.{}", encode(sign(text.as_bytes())))
}

/// With a secret.
pub(crate) fn mac(header: &Value, claims: &Claims, secret: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    signed(header, claims, |text| hmac::sign(&key, text).as_ref().to_vec())
}

/// The key of RFC 7515 appendix A.2, which everybody knows: Google signs with RSA, and no test can wait for a new key.
const RFC_7515: [(&str, &str); 8] = [
    (
        "n",
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS\
         -pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2\
         CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9\
         gb54h4FRWyuXpoQ",
    ),
    ("e", "AQAB"),
    (
        "d",
        "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO\
         -pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBj\
         udU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU9\
         1p1DhOVRuOopznQ",
    ),
    (
        "p",
        "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2K\
         KDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc",
    ),
    (
        "q",
        "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_H\
         lB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc",
    ),
    (
        "dp",
        "BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmA\
         ktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0",
    ),
    (
        "dq",
        "h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cj\
         z3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU",
    ),
    (
        "qi",
        "IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJ\
         toOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U",
    ),
];

fn part(name: &str) -> &'static str {
    let (_, value) = RFC_7515.iter().find(|(key, _)| *key == name).unwrap();
    value
}

pub(crate) fn rsa_jwk(id: &str) -> Value {
    json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": part("n"), "e": part("e") })
}

pub(crate) fn sign_with_rsa(header: &Value, claims: &Claims) -> String {
    let bytes = |name| URL_SAFE_NO_PAD.decode(part(name)).unwrap();
    let key = RsaKeyPair::from_components(&KeyPairComponents {
        public_key: PublicKeyComponents {
            n: bytes("n"),
            e: bytes("e"),
        },
        d: bytes("d"),
        p: bytes("p"),
        q: bytes("q"),
        dP: bytes("dp"),
        dQ: bytes("dq"),
        qInv: bytes("qi"),
    });
    let key = key.unwrap();
    signed(header, claims, |text| {
        let mut signature = vec![0; key.public().modulus_len()];
        let chance = SystemRandom::new();
        key.sign(&RSA_PKCS1_SHA256, &chance, text, &mut signature)
            .unwrap();
        signature
    })
}
