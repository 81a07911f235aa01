//! Values as people write them, and what they are read as.

use leadway::data::time::DateOrder;
use leadway::data::value::{self, Context};
use leadway::data::{field::FieldReader, literal, region, time};
use leadway::policy::{Field, Type, Value};
use leadway::source::Span;
use leadway::syntax::ast::LiteralKind;
use proptest::prelude::*;
use rust_decimal::Decimal;
use smol_str::SmolStr;

const BERLIN: chrono_tz::Tz = chrono_tz::Europe::Berlin;

/// One line a value: as written, then what it is read as or what was expected.
fn readings(ty: &Type, context: Context, raws: &[&str]) -> String {
    let line = |raw: &&str| match value::read(ty, raw, &context) {
        Ok(good) => match good.note {
            Some(note) => format!("{raw:?} -> {} ({note})\n", value::show(&good.value)),
            None => format!("{raw:?} -> {}\n", value::show(&good.value)),
        },
        Err(bad) => match value::suggest(ty, raw) {
            Some(near) => format!("{raw:?} expected {}; did you mean {near}?\n", bad.expected),
            None => format!("{raw:?} expected {}\n", bad.expected),
        },
    };
    raws.iter().map(line).collect()
}

fn plain() -> Context<'static> {
    Context::in_zone(BERLIN)
}

fn in_country(country: &str) -> Context<'_> {
    Context { country: Some(country), ..plain() }
}

const INTEGER: Type = Type::Integer { low: None, high: None };
const DECIMAL: Type = Type::Decimal { low: None, high: None };
const REGION: Type = Type::Region { of: None };
const POSTAL: Type = Type::PostalCode { of: None };

#[test]
fn numbers() {
    insta::assert_snapshot!(readings(
        &INTEGER,
        plain(),
        &[
            "12",
            " 1,234 ",
            "1 234",
            "1\u{a0}234",
            "1'234",
            "1.234",
            "1.234.567",
            "12,34,567",
            "1,23",
            "3.0",
            "3,0",
            "3.5",
            "-7",
            "+7",
            "\u{2212}7",
            "5k",
            "1.5k",
            "2M",
            "1e3",
            "1e-3",
            "0,125",
            "9223372036854775807",
            "9223372036854775808",
            "1_000",
            "1,2345",
            "abc",
            "12 employees",
            "0x10",
            "",
            "-",
            ".",
            "1.",
            ".5",
            "٣",
            "1,234 567",
            "1e999999999",
        ],
    ));
    insta::assert_snapshot!(readings(
        &DECIMAL,
        plain(),
        &[
            "1100.04",
            "1.234",
            "1,234",
            "0,5",
            "1.200,50",
            "1,200.50",
            "1.2.3",
            "1e3",
            "0.1",
            "100.00",
            "1,2,3.4",
            "99999999999999999999999999999999"
        ],
    ));
    let bounded = Type::Integer { low: Some(1), high: Some(100) };
    insta::assert_snapshot!(readings(&bounded, plain(), &["0", "1", "100", "101"]));
}

#[test]
fn money() {
    let usd = Type::Money { currency: Some("USD".into()) };
    insta::assert_snapshot!(readings(
        &usd,
        plain(),
        &[
            "1200",
            "$1,200.50",
            "1.200,50 USD",
            "USD 5k",
            "usd5M",
            "US$ 3",
            "$-5",
            "-$5",
            "(1,200)",
            "($5.25)",
            "5 EUR",
            "€5",
            "1.234",
            "$1.2bn",
            "5 dollars",
            "--5",
            "(-5)",
            "C$5",
        ],
    ));
    insta::assert_snapshot!(readings(&Type::Money { currency: None }, plain(), &["€1.200,50", "7", "5 GBP"]));
}

#[test]
fn booleans() {
    insta::assert_snapshot!(readings(
        &Type::Boolean,
        plain(),
        &["Yes", "NO", "true", "0", "y", "off", "ja", "maybe", "1.0"]
    ));
}

#[test]
fn dates() {
    let raws = [
        "2026-03-04",
        "2026/3/4",
        "2026.03.04",
        "20260304",
        "04.03.2026",
        "4. 3. 2026",
        "3/4/2026",
        "13/4/2026",
        "4/13/2026",
        "4/4/2026",
        "3-4-2026",
        "3/4/26",
        "25/12/99",
        "Mar 4, 2026",
        "March 4th 2026",
        "4 March 2026",
        "4th of March, 2026",
        "04-Mar-26",
        "Wed, 4 Mar 2026",
        "Wed Mar 04 2026",
        "2026-03-04T10:00:00Z",
        "2026-03-04 00:00:00",
        "1772582400",
        "2026-02-29",
        "31.02.2026",
        "2026-13-01",
        "46085",
        "tomorrow",
        "2026-03",
        "2026-03-04x",
        "13/13/2026",
        "May 2026",
    ];
    insta::assert_snapshot!("dates", readings(&Type::Date, plain(), &raws));
    let american = Context { dates: Some(DateOrder::MonthFirst), ..plain() };
    insta::assert_snapshot!(
        "dates_month_first",
        readings(&Type::Date, american, &["3/4/2026", "25/12/2026", "13/13/2026", "04.03.2026"])
    );
}

#[test]
fn times() {
    insta::assert_snapshot!(readings(
        &Type::Time,
        plain(),
        &[
            "2026-03-04T10:00:00Z",
            "2026-03-04T10:00:00.123456789+01:00",
            "2026-03-04 10:00",
            "2026-03-04",
            "2026-03-04 10:00 UTC",
            "2026-03-04T10:00:00-0500",
            "2026-03-04 10:00:00 +01",
            "2026-03-04 10:00 America/New_York",
            "2026-03-04T10:00:00+01:00[Europe/Berlin]",
            "04.03.2026 10:05",
            "Mar 4, 2026 10:05 PM",
            "Mar 4, 2026 at 12:05am",
            "13/3/2026 9 AM",
            "Wed, 4 Mar 2026 10:00:00 +0100",
            "Wed Mar 04 2026 10:00:00 GMT+0100 (Central European Standard Time)",
            "2026-03-29 02:30",
            "2026-10-25 02:30",
            "1772618400",
            "1772618400123",
            "2026-03-04 25:00",
            "2026-03-04 10:60",
            "2016-12-31T23:59:60Z",
            "2026-03-04 10",
            "2026-03-04 10:00 EST",
            "2026-03-04 10:00 Mars/Base",
            "10:00",
            "2026-03-04T",
            "2026-03-04 13:00 PM",
            "2026-03-04 10:00 +99:00",
        ],
    ));
}

#[test]
fn countries() {
    insta::assert_snapshot!(readings(
        &Type::Country,
        plain(),
        &[
            "DE",
            "de",
            "DEU",
            "Germany",
            "germany ",
            "Deutschland",
            "Federal Republic of Germany",
            "USA",
            "U.S.A.",
            "United States",
            "UK",
            "Great Britain",
            "South Korea",
            "Korea, Republic of",
            "North Korea",
            "Russia",
            "Vietnam",
            "Viet Nam",
            "Hong Kong",
            "Czech Republic",
            "Côte d'Ivoire",
            "Cote d’Ivoire",
            "Ivory Coast",
            "Türkiye",
            "Turkey",
            "Taiwan",
            "The Netherlands",
            "Bahamas",
            "Saint Lucia",
            "St. Lucia",
            "Trinidad & Tobago",
            "Asia/Pacific Region",
            "unknown",
            "XX",
            "Europe",
            "日本",
            "México",
            "Congo",
            "Georgia",
            "Guinea",
            "Niger",
            "Kosovo",
            "EU",
            "United Arab Emirates",
            "Bosnia and Herzegovina",
            "Macedonia",
            "",
        ],
    ));
}

#[test]
fn regions() {
    let mut all = readings(&REGION, plain(), &["US-CA", "us-ca", "CA", "California", "US-XX", "XX-CA"]);
    all += &readings(
        &REGION,
        in_country("US"),
        &["CA", "california", "DC", "Washington DC", "Washington, D.C.", "CA-ON", "Ontario", "PR"],
    );
    all += &readings(
        &REGION,
        in_country("DE"),
        &["Bayern", "Bavaria", "BY", "Baden-Württemberg", "Baden-Wurttemberg", "NRW"],
    );
    all += &readings(&REGION, in_country("BR"), &["São Paulo", "Sao Paulo", "SP"]);
    all += &readings(&REGION, in_country("CA"), &["NL", "Quebec", "Québec"]);
    all += &readings(&REGION, in_country("MX"), &["NL", "Nuevo León", "CDMX"]);
    all += &readings(&REGION, in_country("ES"), &["Madrid", "Barcelona"]);
    all += &readings(&REGION, in_country("GB"), &["England", "Scotland", "Kent"]);
    insta::assert_snapshot!(all);
}

#[test]
fn postal_codes() {
    let mut all = readings(&POSTAL, plain(), &["sw1a 1aa", "2134", "N/A", "02134", "  10115 ", "94105-1234"]);
    all += &readings(
        &POSTAL,
        in_country("US"),
        &["2134", "501", "94105", "94105-1234", "941051234", "94105.0", "K1A 0B1", "12", "123456", "2134-5678"],
    );
    all += &readings(&POSTAL, in_country("DE"), &["1067", "10115", "D-10115", "101"]);
    all += &readings(&POSTAL, in_country("GB"), &["sw1a1aa", "SW1A", "m1 1ae"]);
    all += &readings(&POSTAL, in_country("CA"), &["k1a0b1", "K1A-0B1"]);
    all += &readings(&POSTAL, in_country("NL"), &["1012ab", "1012 AB"]);
    all += &readings(&POSTAL, in_country("JP"), &["600000", "100-0001", "1000001"]);
    all += &readings(&POSTAL, in_country("BR"), &["1310100", "01310-100"]);
    all += &readings(&POSTAL, in_country("PL"), &["00-001", "1234"]);
    all += &readings(&POSTAL, in_country("AU"), &["800", "2000"]);
    insta::assert_snapshot!(all);
}

#[test]
fn addresses() {
    insta::assert_snapshot!(readings(
        &Type::Email,
        plain(),
        &[
            "Ana.Smith@ACME.com",
            "mailto:ana@acme.com?subject=x",
            "Ana Smith <ana@acme.com>",
            "ana@bücher.de",
            "ana@acme",
            "ana@@acme.com",
            "@acme.com",
            "ana@acme.com.",
            "ana acme.com",
            "ana@-acme.com",
            "ana@acme..com",
            "a@b.c, d@e.f",
            "none",
        ],
    ));
    insta::assert_snapshot!(readings(
        &Type::Domain,
        plain(),
        &[
            "acme.com",
            "https://www.Acme.com:8443/en?x#y",
            "http://acme.com/",
            "www.acme.co.uk",
            "WWW.acme.com.",
            "bücher.de",
            "acme",
            "10.0.0.1",
            "user@acme.com",
            "//acme.com/x",
            "www.com",
            "a b.com",
            "localhost",
            "http://",
            "xn--bcher-kva.de",
        ],
    ));
}

#[test]
fn languages() {
    insta::assert_snapshot!(readings(
        &Type::Language,
        plain(),
        &[
            "en",
            "EN_us",
            "en-US",
            "deu",
            "German",
            "german",
            "zh-Hans-CN",
            "Greek",
            "xx",
            "English (US)",
            "Norwegian",
            "no",
            "Swahili",
            "de-DE-1996"
        ],
    ));
}

#[test]
fn options_and_sets() {
    let source = Type::OneOf(["demo_request", "contact_us", "1-49", "Straße"].map(SmolStr::new).to_vec());
    insta::assert_snapshot!(readings(
        &source,
        plain(),
        &["demo_request", "Demo Request", "DEMO-REQUEST", "contactus", "1-49", "STRASSE", "demo_requst", "other"],
    ));
    let stack = Type::SetOf(Box::new(Type::Text));
    insta::assert_snapshot!(readings(
        &stack,
        plain(),
        &["Rust; Go ;rust", "a|b|a", "a,b,,", "[\"x, y\", \"z\", 3, null]", "[oops", ";;", "one"],
    ));
}

#[test]
fn texts_compare_folded_and_composed() {
    let folded = |raw: &str| leadway::data::text::text(raw).folded;
    assert_eq!(folded(" \u{a0}Stra\u{df}e\u{200b}"), folded("STRASSE"));
    assert_eq!(folded("Caf\u{e9}"), folded("CAFE\u{301}"));
    assert_ne!(folded("cafe"), folded("caf\u{e9}"));
}

#[test]
fn a_field_knows_its_spellings_and_what_is_missing() {
    let field = Field {
        name: "source".into(),
        span: Span::default(),
        ty: Type::OneOf(vec!["demo_request".into(), "other".into()]),
        required: false,
        columns: vec!["Lead Source".into()],
        spellings: vec![("Live Demo".into(), Value::Text(leadway::data::text::text("demo_request")))],
        missing: vec!["-1".into()],
    };
    let reader = FieldReader::new(&field, &["Select".into()]);
    let shown = |raw: &str| reader.read(raw, &plain()).map(|good| value::show(&good.value)).map_err(|bad| bad.expected);
    assert_eq!(shown("live  demo"), Err("one of `demo_request`, `other`".to_string()));
    assert_eq!(shown(" live DEMO "), Ok("demo_request".to_string()));
    for missing in ["", "  ", "select", "-1"] {
        assert_eq!(shown(missing), Ok("missing".to_string()), "{missing:?}");
    }
}

#[test]
fn literals() {
    let word = |text: &str| LiteralKind::Word(text.into());
    let code = |text: &str| LiteralKind::Code(text.into());
    let quoted = |text: &str| LiteralKind::Text(text.into());
    let number = |text: &str| LiteralKind::Number(Decimal::from_str_exact(text).unwrap());
    let usd = Type::Money { currency: Some("USD".into()) };
    let options = Type::OneOf(vec!["fintech".into(), "1-49".into()]);
    let local = chrono::NaiveDate::from_ymd_opt(2026, 3, 4).unwrap();
    let cases = [
        (Type::Country, code("DE")),
        (Type::Country, quoted("Germany")),
        (Type::Country, quoted("Germny")),
        (Type::Country, code("UK")),
        (Type::Country, word("de")),
        (Type::Country, code("DEU")),
        (Type::Country, code("XX")),
        (REGION, code("US-CA")),
        (REGION, code("CA")),
        (REGION, quoted("California")),
        (REGION, code("US-ZZ")),
        (POSTAL, quoted("94000")),
        (POSTAL, number("34")),
        (POSTAL, word("abc")),
        (Type::Text, quoted("x")),
        (Type::Text, word("ceo")),
        (options.clone(), word("fintech")),
        (options.clone(), word("fintec")),
        (options, quoted("1-49")),
        (INTEGER, number("12")),
        (INTEGER, number("1.5")),
        (INTEGER, quoted("1,200")),
        (usd.clone(), LiteralKind::Money(Decimal::from(5), "USD".into())),
        (usd, LiteralKind::Money(Decimal::from(5), "EUR".into())),
        (Type::Boolean, word("yes")),
        (Type::Boolean, word("true")),
        (Type::Date, LiteralKind::Date(local)),
        (Type::Date, quoted("2026-03-04")),
        (Type::Time, LiteralKind::Date(local)),
        (Type::Time, quoted("noon")),
        (Type::Email, quoted("Ana@Acme.com")),
        (Type::Domain, quoted("ana@acme.com")),
        (Type::Language, word("en")),
        (Type::Language, word("german")),
        (Type::Language, quoted("en-us")),
        (Type::SetOf(Box::new(Type::Text)), quoted("rust")),
        (Type::Rep, word("ana")),
    ];
    let line = |(ty, literal): &(Type, LiteralKind)| match literal::read(ty, literal, &plain()) {
        Ok(value) => format!("{literal:?} -> {}\n", value::show(&value)),
        Err(bad) => format!("{literal:?} expected {}, suggests {:?}\n", bad.expected, bad.suggestion),
    };
    insta::assert_snapshot!(cases.iter().map(line).collect::<String>());
}

#[test]
fn a_column_shows_its_order() {
    assert_eq!(time::order_shown("10/25/2016"), Some(DateOrder::MonthFirst));
    assert_eq!(time::order_shown("25-10-2016 10:00"), Some(DateOrder::DayFirst));
    for silent in ["3/4/2026", "2026-10-25", "25.10.2016", "", "Mar 4, 2026"] {
        assert_eq!(time::order_shown(silent), None, "{silent}");
    }
}

fn any_type() -> impl Strategy<Value = Type> {
    let scalars = vec![
        Type::Text,
        INTEGER,
        DECIMAL,
        Type::Money { currency: None },
        Type::Boolean,
        Type::Date,
        Type::Time,
        Type::Email,
        Type::Domain,
        Type::Country,
        REGION,
        POSTAL,
        Type::Language,
        Type::Rep,
        Type::OneOf(vec!["a".into(), "b c".into()]),
        Type::SetOf(Box::new(Type::Text)),
    ];
    proptest::sample::select(scalars)
}

proptest! {
    /// Whatever is read reads again as the same from the way it is shown.
    #[test]
    fn what_is_shown_reads_the_same(ty in any_type(), raw in "\\PC{0,12}|[-+0-9.,/: eEkMTZ$€]{0,16}|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}") {
        if let Ok(first) = value::read(&ty, &raw, &plain()) {
            let shown = value::show(&first.value);
            if first.value != Value::Missing && !(matches!(ty, Type::SetOf(_)) && shown.contains([';', '|', ',', '['])) {
                let second = value::read(&ty, &shown, &plain());
                prop_assert_eq!(second.map(|good| good.value), Ok(first.value), "{:?} shown as {:?}", raw, shown);
            }
        }
    }

    /// Before clocks had zones, those of a place differ by seconds.
    #[test]
    fn times_of_the_sun_read_the_same(year in 0i32..2000, month in 1u32..13, day in 1u32..29) {
        let raw = format!("{year:04}-{month:02}-{day:02}");
        let first = value::read(&Type::Time, &raw, &plain()).unwrap().value;
        let shown = value::show(&first);
        prop_assert_eq!(value::read(&Type::Time, &shown, &plain()).map(|good| good.value), Ok(first), "{}", shown);
    }

    /// Grouping and the point are undone exactly, the English way and the German way.
    #[test]
    fn grouped_amounts(cents in -10_000_000_000i64..10_000_000_000, german in any::<bool>()) {
        let value = Decimal::new(cents, 2);
        let digits = (cents.abs() / 100).to_string();
        let (group, point) = if german { ('.', ',') } else { (',', '.') };
        let mut grouped = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at) % 3 == 0 {
                grouped.push(group);
            }
            grouped.push(digit);
        }
        let raw = format!("{}{grouped}{point}{:02}", if cents < 0 { "-" } else { "" }, cents.abs() % 100);
        prop_assert_eq!(leadway::data::number::money(&raw).map(|amount| amount.value), Ok(value));
    }

    /// Every code of ISO 3166-2 that is read has a name, and its name is read as it (or as one of several of that name).
    #[test]
    fn region_names_lead_back(country in proptest::sample::select(vec!["US", "DE", "FR", "IN", "GB", "CA", "CH", "JP"]), short in "[A-Z0-9]{1,3}") {
        if let Ok(code) = region::code(&short, Some(country)) {
            let name = region::name(&code).unwrap();
            match region::code(name, Some(country)) {
                Ok(_) => {}
                Err(region::Fault::Several(codes)) => prop_assert!(codes.contains(&code)),
                Err(fault) => prop_assert!(false, "{name}: {fault:?}"),
            }
        }
    }
}
