//! Company names: plain forms and likeness.

use leadway::data::company::{likeness, plain};

#[test]
fn plain_forms() {
    let names = [
        "Acme, Inc.",
        "ACME Incorporated",
        "The Acme Company",
        "Acme Co., Ltd.",
        "Acme Pty. Ltd.",
        "acme   (private) limited",
        "Müller & Söhne GmbH & Co. KG",
        "Mueller und Soehne GmbH",
        "MÜLLER + SÖHNE",
        "Société Générale S.A.",
        "L'Oréal S. A.",
        "L’Oreal",
        "O'Reilly Media, Inc",
        "Salesforce.com, Inc.",
        "A.P. Møller – Mærsk A/S",
        "Ørsted A/S",
        "Grupo Bimbo, S.A.B. de C.V.",
        "Pepsi-Cola S. de R.L. de C.V.",
        "Allegro sp. z o.o.",
        "Škoda Auto a.s.",
        "Telefónica S.A.U.",
        "Koninklijke Philips N.V.",
        "Nokia Oyj",
        "Oy Karl Fazer Ab",
        "PT Bank Central Asia Tbk",
        "ООО Яндекс",
        "ПАО «Газпром»",
        "トヨタ自動車株式会社",
        "㈱日立製作所",
        "(株)ソニー",
        "삼성전자 주식회사",
        "华为技术有限公司",
        "AT&T Inc.",
        "H&M",
        "H & M",
        "HM",
        "3M Company",
        "J.P. Morgan",
        "JPMorgan",
        "J P Morgan & Co.",
        "GTX Pro",
        "GTXPro",
        "Inc.",
        "The",
        "Limited Brands Ltd",
        "Company Co",
        "SAP SE",
        "Sixt SE",
        "Strauß AG",
        "STRAUSS AG",
        "Spa",
        "Disney+",
        "Yahoo!",
        "--",
        "",
        "\u{0}",
        "Ｆｕｌｌｗｉｄｔｈ　Ｉｎｃ．",
        "ﬁrm",
    ];
    let shown: Vec<String> = names.iter().map(|name| format!("{name:?} -> {:?}", plain(name))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn likeness_of_pairs() {
    let pairs = [
        ("Acme Inc", "ACME GmbH"),
        ("Microsoft", "Microsft"),
        ("Microsoft", "Mircosoft"),
        ("Siemens", "Siemans"),
        ("Allianz", "Alliant"),
        ("Studio Architects 54", "Studio Architects 55"),
        ("Northwind Traders", "Northwind Trader"),
        ("International Business Machines", "Internatinal Busines Machine"),
        ("American Express", "American Airlines"),
        ("Acme Software", "Acme Software Solutions"),
        ("Jp Morgan", "JPMorgan"),
        ("Müller", "Mueller"),
        ("Bank of America", "America Bank of"),
        ("Zürich Versicherung", "Zuerich Versicherung"),
    ];
    let shown: Vec<String> =
        pairs.iter().map(|(a, b)| format!("{a} / {b}: {:?}", likeness(&plain(a), &plain(b)))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}
