// SPDX-License-Identifier: Apache-2.0

/// What generated records talk about.
enum Vocabulary {
    /// Plain words; sentences are made of them.
    static let words = bytes([
        "amber", "anchor", "arrive", "autumn", "basket", "beacon", "border", "bright", "bundle", "canyon",
        "carbon", "cedar", "change", "charge", "circle", "copper", "corner", "cotton", "credit", "dawn",
        "deliver", "depot", "detail", "drift", "early", "ember", "engine", "exact", "fabric", "fern",
        "field", "flint", "forest", "fresh", "garden", "gentle", "glass", "grain", "harbour", "hazel",
        "index", "iron", "island", "jar", "kettle", "ladder", "lantern", "late", "ledger", "linen",
        "maple", "market", "meadow", "mirror", "morning", "narrow", "needle", "north", "oak", "ocean",
        "order", "paper", "parcel", "pebble", "pine", "plain", "pocket", "quarry", "quick", "quiet",
        "rain", "return", "ribbon", "river", "round", "salt", "season", "shelf", "signal", "silver",
        "slate", "south", "spruce", "station", "stone", "summer", "table", "thread", "timber", "tower",
        "valley", "velvet", "voyage", "warm", "water", "willow", "window", "winter", "wool", "yellow",
    ])

    /// Pieces that hold an escape, as JSON writers of several languages make them.
    static let escapes = bytes([
        #"\n"#, #"\""#, #"\\"#, #"\t"#, #"\/"#, #"\u00e9"#, #"\u00DF"#, #"\u2019"#, #"\u20AC"#, #"\r\n"#,
        #"\ud83d\ude00"#, #"\uD83D\uDE80"#, #"\u0000"#, #"\u001b[31m"#, #"\b"#, #"\f"#, #"\u6771\u4eac"#,
        #"C:\\data\\in"#, #"say \"yes\""#, #"\u003cb\u003e"#,
    ])

    /// Characters beyond ASCII, two to four bytes long each.
    static let unicode = bytes([
        "é", "ü", "ß", "ñ", "Ø", "Łódź", "naïve", "Ωμέγα", "Привет", "שלום", "مرحبا", "नमस्ते", "東京", "서울",
        "ไทย", "€", "—", "“”", "…", "😀", "🚀", "👩‍🚀", "🇩🇪", "𝒳", "Ａ", "\u{FEFF}", "\u{2028}",
    ])

    static let states = bytes(["open", "paid", "packed", "shipped", "delivered", "returned", "cancelled", "on hold"])

    /// Attribute names that turn up in any table; some need care from a reader: dots, spaces, empty-looking, unicode, type names.
    static let attributes = bytes([
        "status", "price", "name", "description", "createdAt", "updatedAt", "version", "tags", "owner", "email",
        "address", "lines", "total", "currency", "quantity", "weight_grams", "dimensions", "notes", "payload",
        "checksum", "thumbnail", "flags", "history", "settings", "score", "ratio", "latitude", "longitude", "ttl",
        "active", "deleted", "parent", "children", "locale", "title", "sku", "url", "device", "reading",
        "firmware", "session", "roles", "limits", "attempts", "lastError", "correlation-id", "gsi1pk", "gsi1sk",
        "S", "N", "M", "L", "a.b", "first name", "größe", "価格", "x", "NewImage", "Keys", #"quo\"ted"#,
    ])

    private static func bytes(_ texts: [String]) -> [[UInt8]] {
        texts.map { Array($0.utf8) }
    }
}
