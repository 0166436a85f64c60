//! The fields of an item, and the names that shops give to the columns that hold them.
//!
//! Nothing here chooses between columns; that is `column.rs`.

use purchase::fold::fold;

/// A field of an item, as a column of the items table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The code as scanned.
    Code,
    /// The name.
    Name,
    /// The name on narrow paper.
    ShortName,
    /// The name in kana.
    Reading,
    /// How large or how much.
    Size,
    /// The world-wide article number.
    Gtin,
    /// Goods or service.
    Kind,
    /// The shop's own grouping.
    Category,
    /// What it is sold by.
    Unit,
    /// The price of one unit.
    UnitPrice,
    /// The tax rate.
    TaxPercent,
    /// Where the tax is.
    TaxIncluded,
    /// Whether to hide it from others.
    Sensitive,
}

impl Field {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 13] = [
        Self::Code,
        Self::Name,
        Self::ShortName,
        Self::Reading,
        Self::Size,
        Self::Gtin,
        Self::Kind,
        Self::Category,
        Self::Unit,
        Self::UnitPrice,
        Self::TaxPercent,
        Self::TaxIncluded,
        Self::Sensitive,
    ];

    /// Its column in the items table.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::ShortName => "short_name",
            Self::Reading => "reading",
            Self::Size => "size",
            Self::Gtin => "gtin",
            Self::Kind => "kind",
            Self::Category => "category",
            Self::Unit => "unit",
            Self::UnitPrice => "unit_price",
            Self::TaxPercent => "tax_percent",
            Self::TaxIncluded => "tax_included",
            Self::Sensitive => "sensitive",
        }
    }

    /// The field that a person means by its column's name, or by `price` and `tax`.
    pub(super) fn called(name: &str) -> Option<Self> {
        let name = folded(name);
        match name.as_str() {
            "price" => Some(Self::UnitPrice),
            "tax" => Some(Self::TaxPercent),
            other => Self::ALL
                .into_iter()
                .find(|field| folded(field.column()) == other),
        }
    }

    /// What shops call it, with blanks between the names. The article number is listed once; it is
    /// a code as well where the list has no other.
    const fn names(self) -> &'static str {
        match self {
            Self::Code => {
                "商品コード コード 品番 商品番号 商品ID バーコード code item_code \
                 product_code sku barcode"
            }
            Self::Name => {
                "商品名 商品名称 品名 名称 name item_name product_name title \
                 description"
            }
            Self::ShortName => "略称 略名 レシート名 short_name receipt_name",
            Self::Reading => {
                "カナ フリガナ よみ よみがな 読み 読み仮名 商品カナ 商品名カナ \
                 商品名(カナ) kana reading"
            }
            Self::Size => "規格 容量 内容量 サイズ size",
            Self::Gtin => "JAN JANコード jan_code gtin ean upc",
            Self::Kind => "種別 商品種別 kind",
            Self::Category => "部門 部門名 カテゴリ カテゴリ名 分類 分類名 category department",
            Self::Unit => "単位 販売単位 unit",
            Self::UnitPrice => "価格 単価 売価 販売価格 販売単価 price unit_price",
            Self::TaxPercent => "税率 消費税率 消費税 税率区分 tax tax_rate tax_percent",
            Self::TaxIncluded => {
                "税区分 課税区分 税込区分 内税外税 内外税区分 内税 外税 tax_included \
                 tax_inclusive tax_type"
            }
            Self::Sensitive => "要配慮 センシティブ sensitive",
        }
    }

    pub(super) fn is_called(self, folded_name: &str) -> bool {
        let own = self
            .names()
            .split(' ')
            .any(|name| folded(name) == folded_name);
        own || (self == Self::Code && Self::Gtin.is_called(folded_name))
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.column())
    }
}

/// What shops add to a column's name to say how its numbers are meant.
const REMARKS: [&str; 4] = ["(円)", "(%)", "(jpy)", "(yen)"];

/// A name by which two spellings are compared: width, case, kana, blanks, underscores and hyphens
/// make no difference, nor does `(円)` at its end.
pub(super) fn folded(name: &str) -> String {
    let mut name = fold(name);
    name.retain(|c| !c.is_whitespace() && !matches!(c, '_' | '-'));
    for remark in REMARKS {
        if let Some(bare) = name.strip_suffix(remark) {
            name.truncate(bare.len());
        }
    }
    name
}
