//! Floor 2: texts that are what their place wants.
//!
//! Where the server wants a text they are sent as one. Where it wants something else they are sent as what would stand in
//! quotes, and the server reads them: `{text}::inet`, `mood = {text}`.

use std::any::Any;

use bytes::{BufMut, BytesMut};
use postgres_types::{Format, IsNull, Type};

use super::EncodeError;
use crate::types::Value;

/// How the text is sent.
pub(super) fn format(value: &dyn Value, ty: &Type) -> Format {
    match value.as_any().and_then(|value| spelled(value, ty)) {
        Some(_) => Format::Text,
        None => Format::Binary,
    }
}

pub(super) fn encode(value: &dyn Value, ty: &Type, out: &mut BytesMut) -> Result<IsNull, EncodeError> {
    match value.as_any().and_then(|value| spelled(value, ty)) {
        Some(spelled) => {
            out.put_slice(spelled.as_bytes());
            Ok(IsNull::No)
        }
        None => value.as_sql().to_sql_checked(ty, out),
    }
}

/// What would stand in quotes, if the server wants something else than texts.
fn spelled(value: &dyn Any, ty: &Type) -> Option<String> {
    let accepts = <String as postgres_types::ToSql>::accepts;
    if let Some(text) = value.downcast_ref::<String>() {
        return (!accepts(ty)).then(|| text.clone());
    }
    let texts = value.downcast_ref::<Vec<String>>()?;
    let takes_texts = matches!(ty.kind(), postgres_types::Kind::Array(element) if accepts(element));
    (!takes_texts).then(|| {
        let quoted =
            texts.iter().map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")));
        format!("{{{}}}", quoted.collect::<Vec<_>>().join(","))
    })
}

#[cfg(test)]
mod tests {
    use postgres_types::Type;

    use super::spelled;

    #[test]
    fn a_text_is_spelled_where_no_text_is_wanted() {
        let text = String::from("a\"b");
        assert_eq!(spelled(&text, &Type::TEXT), None);
        assert_eq!(spelled(&text, &Type::INET).as_deref(), Some("a\"b"));
        let texts = vec![text, r"c\,{}".to_owned()];
        assert_eq!(spelled(&texts, &Type::VARCHAR_ARRAY), None);
        assert_eq!(spelled(&texts, &Type::INET_ARRAY).as_deref(), Some(r#"{"a\"b","c\\,{}"}"#));
    }
}
