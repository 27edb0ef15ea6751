#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the JSON corpus beside this file: texts in valid/, invalid/ and implementation/, and the tables of verdicts.

invalid.json         name -> offset of the first byte that is wrong, the text's length where it ends too early, null where
                     readers may well differ about the place
implementation.json  name -> what JSONTape does where RFC 8259 leaves the choice to the reader, and why

The output is committed: run this only to add texts, and look at the difference.
"""

import json
import pathlib
import shutil

CORPUS = pathlib.Path(__file__).parent / "corpus"
texts = {"valid": {}, "invalid": {}, "implementation": {}}
offsets = {}
verdicts = {}


def encode(text):
    return text if isinstance(text, bytes) else text.encode("utf-8")


def add(folder, name, text):
    assert name == name.lower() and name not in texts[folder], name
    texts[folder][name] = encode(text)


def valid(name, text):
    add("valid", name, text)


def invalid(name, text, offset="end"):
    """`offset`: a number, "end" for the text's length, None where it is not tested."""
    add("invalid", name, text)
    offsets[name] = len(encode(text)) if offset == "end" else offset


def implementation(name, text, verdict, why, **more):
    add("implementation", name, text)
    verdicts[name] = {"verdict": verdict, "why": why, **more}


def structure():
    valid("structure-array-empty", "[]")
    valid("structure-array-empty-spaced", "[ \t\n\r ]")
    valid("structure-array-one", "[1]")
    valid("structure-array-mixed", '[null, true, false, 0, -1.5e3, "x", [], {}]')
    valid("structure-array-of-arrays", "[[],[[]],[[],[]]]")
    valid("structure-array-nested-spaced", "[ [ ] , [ [ ] ] ]")
    valid("structure-object-empty", "{}")
    valid("structure-object-empty-spaced", "{ \n\t\r }")
    valid("structure-object-one", '{"a":1}')
    valid("structure-object-spaced", ' { "a" : 1 , "b" : [ ] } ')
    valid("structure-object-empty-name", '{"":0}')
    valid("structure-object-nested", '{"a":{"b":{"c":{}}}}')
    valid("structure-object-array-object", '{"a":[{"b":[{"c":[]}]}]}')
    valid("structure-object-names-alike", '{"a":1,"A":2,"a ":3,"aa":4}')
    valid("structure-object-name-escaped", r'{"\u0061\n\"":1}')
    valid("structure-object-name-unicode", '{"größe":1,"価格":2,"😀":3}')
    valid("structure-object-typed-string", '{"S":"text"}')
    valid("structure-object-typed-string-and-more", '{"S":"text","N":"1"}')
    valid("structure-object-typed-string-spaced", '{"S" : "text" }')
    valid("structure-object-typed-number-value", '{"N":12}')
    valid("structure-object-typed-two-letters", '{"SS":["a","b"]}')
    valid("structure-object-typed-escaped", r'{"S":"a\"b"}')
    valid("structure-object-typed-empty", '{"S":""}')
    valid("structure-object-typed-line-end", '{"S":"x"\n}')
    valid("structure-object-name-is-del", '{"\x7f":"x"}')
    valid("structure-root-true", "true")
    valid("structure-root-false", "false")
    valid("structure-root-null", "null")
    valid("structure-root-number", "42")
    valid("structure-root-string", '"text"')
    valid("structure-root-string-empty", '""')
    valid("structure-root-spaced", "\n\t\r  7 \r\n")
    valid("structure-line-ends-crlf", '{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n')
    valid("structure-many-elements", "[" + ",".join(str(n) for n in range(2000)) + "]")
    valid("structure-many-members", "{" + ",".join(f'"k{n}":"v{n}"' for n in range(500)) + "}")
    valid("structure-depth-500-arrays", "[" * 500 + "]" * 500)
    valid("structure-depth-1024-arrays", "[" * 1024 + "]" * 1024)
    valid("structure-depth-1024-objects", '{"a":' * 1023 + "{}" + "}" * 1023)
    valid("structure-depth-1024-typed", '{"L":[' * 511 + '{"S":"x"}' + "]}" * 511)
    valid("structure-wide-and-deep", "[" + ",".join("[" * 50 + "]" * 50 for _ in range(50)) + "]")

    invalid("structure-empty", "")
    invalid("structure-white-space-only", " \n\t\r ")
    invalid("structure-array-open", "[")
    invalid("structure-array-open-with-value", "[1")
    invalid("structure-array-open-after-comma", "[1,")
    invalid("structure-array-close-only", "]", 0)
    invalid("structure-array-comma-only", "[,]", 1)
    invalid("structure-array-trailing-comma", "[1,]", 3)
    invalid("structure-array-trailing-comma-spaced", "[1 , ]", 5)
    invalid("structure-array-double-comma", "[1,,2]", 3)
    invalid("structure-array-leading-comma", "[,1]", 1)
    invalid("structure-array-no-comma", "[1 2]", 3)
    invalid("structure-array-no-comma-strings", '["a" "b"]', 5)
    invalid("structure-array-no-comma-arrays", "[[][]]", 3)
    invalid("structure-array-closed-twice", "[1]]", 3)
    invalid("structure-array-closed-by-brace", "[1}", 2)
    invalid("structure-array-empty-closed-by-brace", "[}", 1)
    invalid("structure-array-colon", "[1:2]", 2)
    invalid("structure-array-semicolon", "[1;2]", 2)
    invalid("structure-array-garbage", "[1]x", 3)
    invalid("structure-array-star", "[*]", 1)
    invalid("structure-array-in-array-open", "[[1]")
    invalid("structure-object-open", "{")
    invalid("structure-object-close-only", "}", 0)
    invalid("structure-object-open-after-name", '{"a"')
    invalid("structure-object-open-after-colon", '{"a":')
    invalid("structure-object-open-after-value", '{"a":1')
    invalid("structure-object-open-after-comma", '{"a":1,')
    invalid("structure-object-comma-only", "{,}", 1)
    invalid("structure-object-trailing-comma", '{"a":1,}', 7)
    invalid("structure-object-trailing-comma-string", '{"S":"x",}', 9)
    invalid("structure-object-double-comma", '{"a":1,,"b":2}', 7)
    invalid("structure-object-no-value", '{"a":}', 5)
    invalid("structure-object-no-value-comma", '{"a":,"b":1}', 5)
    invalid("structure-object-no-colon", '{"a" 1}', 5)
    invalid("structure-object-no-colon-close", '{"a"}', 4)
    invalid("structure-object-two-colons", '{"a"::1}', 5)
    invalid("structure-object-comma-for-colon", '{"a","b"}', 4)
    invalid("structure-object-equals-for-colon", '{"a"=1}', 4)
    invalid("structure-object-no-comma", '{"a":1 "b":2}', 7)
    invalid("structure-object-no-comma-string", '{"a":"x""b":"y"}', 8)
    invalid("structure-object-name-bare", "{a:1}", 1)
    invalid("structure-object-name-number", "{1:1}", 1)
    invalid("structure-object-name-null", "{null:1}", 1)
    invalid("structure-object-name-array", "{[]:1}", 1)
    invalid("structure-object-name-single-quotes", "{'a':1}", 1)
    invalid("structure-object-second-name-bare", '{"a":1,b:2}', 7)
    invalid("structure-object-closed-by-bracket", '{"a":1]', 6)
    invalid("structure-object-empty-closed-by-bracket", "{]", 1)
    invalid("structure-object-typed-closed-by-bracket", '{"S":"x"]', 8)
    invalid("structure-object-typed-open", '{"S":"x"')
    invalid("structure-object-typed-garbage", '{"S":"x"y}', 8)
    invalid("structure-object-typed-colon", '{"S":"x":1}', 8)
    invalid("structure-object-closed-twice", "{}}", 2)
    invalid("structure-object-garbage", "{}x", 2)
    invalid("structure-two-texts", "{}{}", 2)
    invalid("structure-two-texts-line-end", "1\n2", 2)
    invalid("structure-two-texts-spaced", '"a" "b"', 4)
    invalid("structure-two-literals", "true false", 5)
    invalid("structure-comma-after", "[],", 2)
    invalid("structure-comma-before", ",[]", 0)
    invalid("structure-colon-only", ":", 0)
    invalid("structure-comment-line", "[1 // one\n]", 3)
    invalid("structure-comment-block", "[/* one */1]", 1)
    invalid("structure-comment-hash", "# one\n[1]", 0)
    invalid("structure-close-order", "[{]}", 2)
    invalid("structure-xml", "<a/>", 0)
    invalid("structure-parenthesis", "(1)", 0)
    invalid("structure-nul-byte-after", b"[]\x00", 2)
    invalid("structure-nul-byte-before", b"\x00[]", 0)
    invalid("structure-nul-byte-inside", b"[1,\x00]", 3)
    invalid("structure-nul-byte-for-value", b'{"a":\x00}', 5)
    invalid("structure-depth-100000-arrays-open", "[" * 100_000, None)
    invalid("structure-depth-100000-objects-open", '{"a":' * 100_000, None)
    invalid("structure-depth-1000-arrays-open", "[" * 1000)
    invalid("structure-depth-1000-arrays-one-short", "[" * 1000 + "]" * 999)


def numbers():
    for name, text in {
        "zero": "0", "minus-zero": "-0", "one": "1", "minus-one": "-1", "ten": "10", "many-digits": "1234567890",
        "fraction": "0.5", "fraction-zero": "0.0", "fraction-many-zeros": "1.000000000000", "fraction-minus": "-0.1",
        "exponent": "1e5", "exponent-capital": "1E5", "exponent-plus": "1e+5", "exponent-minus": "1e-5",
        "exponent-capital-plus": "1E+05", "exponent-leading-zeros": "1e005", "exponent-zero": "0e0",
        "exponent-zero-plus": "0e+1", "exponent-fraction": "12.5e-3", "exponent-minus-zero": "-0.0e-0",
        "int64-max": "9223372036854775807", "int64-min": "-9223372036854775808", "uint64-max": "18446744073709551615",
        "digits-38": "12345678901234567890123456789012345678",
        "digits-38-fraction": "0.00000000000000000000000000000000000001",
        "two-to-53": "9007199254740993", "largest-double": "1.7976931348623157e308", "smallest-double": "4.9e-324",
        "pi": "3.141592653589793", "seventeen-digits": "0.30000000000000004",
    }.items():
        valid(f"number-{name}", text)
        valid(f"number-{name}-in-array", f"[{text},{text}]")
    valid("number-before-brace", '{"a":1}')
    valid("number-before-white-space", "[1 ,2\n,3\t,4\r]")

    for name, text, offset in [
        ("minus-only", "-", "end"), ("plus", "+1", 0), ("plus-in-array", "[+1]", 1), ("leading-zero", "01", 1),
        ("leading-zeros", "00", 1), ("leading-zero-minus", "-01", 2), ("leading-zero-fraction", "00.5", 1),
        ("point-first", ".5", 0), ("point-last", "5.", "end"), ("point-last-in-array", "[5.]", 3),
        ("point-then-exponent", "1.e5", 2), ("minus-point", "-.5", 1), ("two-points", "1.2.3", 3), ("two-points-adjacent", "1..2", 2),
        ("exponent-empty", "1e", "end"), ("exponent-empty-in-array", "[1e]", 3), ("exponent-sign-only", "1e+", "end"),
        ("exponent-minus-only-in-array", "[1e-]", 4), ("exponent-fraction", "1e1.5", 3), ("exponent-twice", "1e1e1", 3),
        ("exponent-two-signs", "1e+-1", 3), ("exponent-first", "e1", 0), ("two-minuses", "--1", 1), ("minus-space", "- 1", 1),
        ("minus-letter", "-x", 1), ("minus-infinity", "-Infinity", 1), ("minus-nan", "-NaN", 1), ("hexadecimal", "0x1F", 1),
        ("octal", "0o17", 1), ("binary", "0b11", 1), ("separator-underscore", "1_000", 1), ("separator-comma", "1,000", 1),
        ("separator-space", "1 000", 2), ("suffix-f", "1.0f", 3), ("suffix-n", "10n", 2), ("dollar", "$1", 0), ("letters-after", "12ab", 2),
        ("minus-after", "1-", 1), ("plus-inside", "1+2", 1), ("full-width", "１", 0), ("arabic-digit", "١", 0),
        ("superscript", "1²", 1), ("exponent-full-width", "1e５", 2), ("minus-sign-unicode", "−1", 0), ("point-comma", "1.,2", 2),
        ("minus-in-object", '{"a":-}', 6), ("nul-byte-after", b"1\x00", 1), ("nul-byte-for-digit", b"[-\x00]", 2),
    ]:
        invalid(f"number-{name}", text, offset)

    implementation("number-exponent-huge", "1e400", "accept", "the number's text is kept: no size is too large")
    implementation("number-exponent-huge-minus", "-1e400", "accept", "the number's text is kept: no size is too large")
    implementation("number-exponent-tiny", "1e-400", "accept", "the number's text is kept: nothing becomes zero")
    implementation("number-exponent-beyond-int64", "1e99999999999999999999", "accept", "the exponent's text is kept as well")
    implementation("number-digits-1000", "1" * 1000, "accept", "the number's text is kept digit for digit")
    implementation("number-fraction-1000", "0." + "1" * 1000, "accept", "the number's text is kept digit for digit")
    implementation("number-beyond-uint64", "18446744073709551616", "accept", "the number's text is kept digit for digit")


def literals():
    for name, text, offset in [
        ("true-capital", "True", 0), ("true-capitals", "TRUE", 0), ("false-capital", "False", 0), ("null-capital", "Null", 0),
        ("null-capitals", "NULL", 0), ("true-short", "tru", "end"), ("true-one-letter", "t", "end"), ("true-misspelt", "ture", 1),
        ("true-misspelt-last", "trux", 3), ("true-long", "truee", 4), ("true-capital-inside", "trUe", 2), ("false-short", "fals", "end"),
        ("false-misspelt", "flase", 1), ("false-long", "falsey", 5), ("null-short", "nul", "end"), ("null-misspelt", "nill", 1),
        ("null-long", "nulll", 4), ("null-misspelt-last", "nulk", 3), ("nil", "nil", 1), ("none", "None", 0), ("undefined", "undefined", 0),
        ("nan", "NaN", 0), ("infinity", "Infinity", 0), ("yes", "yes", 0), ("bare-word", "abc", 0), ("true-short-in-array", "[tru]", 4),
        ("null-short-in-object", '{"a":nul}', 8), ("false-spaced", "fal se", 3), ("true-nul-byte", b"tru\x00", 3),
        ("true-and-digit", "true1", 4), ("letter-beyond-ascii", "ñull", 0),
    ]:
        invalid(f"literal-{name}", text, offset)
    valid("literal-all-in-array", "[true,false,null]")
    valid("literal-all-in-object", '{"t":true,"f":false,"n":null}')
    valid("literal-all-spaced", "[ true , false , null ]")


def white_space():
    valid("white-space-all-kinds", " \t\n\r{ \t\n\r\"a\" \t\n\r: \t\n\r[ \t\n\r1 \t\n\r, \t\n\r2 \t\n\r] \t\n\r} \t\n\r")
    valid("white-space-long", " " * 1000 + "[" + "\n" * 1000 + "1" + "\t" * 1000 + "]" + "\r" * 1000)
    for name, space in {
        "form-feed": "\x0c", "vertical-tab": "\x0b", "backspace": "\x08", "no-break": "\u00a0", "next-line": "\u0085",
        "line-separator": "\u2028", "paragraph-separator": "\u2029", "ideographic": "\u3000", "zero-width": "\u200b", "em": "\u2003",
        "bom-inside": "\ufeff", "del": "\x7f", "escape": "\x1b", "unit-separator": "\x1f",
    }.items():
        invalid(f"white-space-{name}", f"[1,{space}2]", 3)
        invalid(f"white-space-{name}-before-comma", f"[1{space},2]", 2)
    invalid("white-space-form-feed-before", "\x0c[]", 0)
    invalid("white-space-form-feed-after", "[]\x0c", 2)
    invalid("white-space-form-feed-before-colon", '{"a"\x0c:1}', 4)
    invalid("white-space-escaped-outside", r"[\n]", 1)


def strings():
    for name, text in {
        "ascii": "The quick brown fox", "escape-quote": r"\"", "escape-backslash": r"\\", "escape-slash": r"\/", "escape-b": r"\b",
        "escape-f": r"\f", "escape-n": r"\n", "escape-r": r"\r", "escape-t": r"\t", "escape-all": r"\"\\\/\b\f\n\r\t",
        "escape-u-ascii": r"\u0041", "escape-u-lower-case": r"\u00e9\uabcd", "escape-u-upper-case": r"\u00E9\uABCD",
        "escape-u-mixed-case": r"\uaBcD", "escape-u-quote": r"\u0022", "escape-u-backslash": r"\u005c", "escape-u-control": r"\u0001\u001f",
        "escape-u-del": r"\u007f", "escape-u-noncharacter": r"\uffff\ufffe\ufdd0", "escape-u-last-before-surrogates": r"\ud7ff",
        "escape-u-first-after-surrogates": r"\ue000", "escape-u-pair": r"\ud83d\ude00", "escape-u-pair-upper-case": r"\uD83D\uDE00",
        "escape-u-pair-first": r"\ud800\udc00", "escape-u-pair-last": r"\udbff\udfff", "escape-u-pairs": r"\ud83d\ude00\ud83d\ude80",
        "escape-u-line-separator": r"\u2028\u2029", "backslashes-even": r"\\\\\\\\", "backslashes-then-quote": r"\\\"",
        "backslash-then-u": r"\\u0041", "slash": "/", "del": "\x7f", "looks-like-json": r"{\"a\":[1,2,{}]}", "comma-colon": ",:[]{}",
        "spaces": "   ", "two-bytes": "é", "three-bytes": "€", "four-bytes": "😀", "combining": "é", "right-to-left": "שלום",
        "emoji-joined": "👩‍🚀", "line-separator-raw": "\u2028\u2029", "bom-inside": "a\ufeffb", "noncharacters": "\ufdd0\ufffe\uffff",
        "noncharacters-beyond": "\U0001fffe\U0001ffff\U0010fffe\U0010ffff", "replacement-character": "\ufffd", "private-use": "\ue000\U000f0000",
        "utf8-two-bytes-first-last": "\u0080\u07ff", "utf8-three-bytes-first-last": "\u0800\uffff",
        "utf8-four-bytes-first-last": "\U00010000\U0010ffff", "utf8-around-surrogates": "\ud7ff\ue000", "c1-controls": "\u0080\u009f",
        "no-break-space": "\u00a0", "long-ascii": "x" * 5000, "long-unicode": "é€😀" * 800, "long-escapes": r"\n" * 2000,
        "mixed": r"a\u00e9é\n€\t😀\"z",
    }.items():
        valid(f"string-{name}", f'"{text}"')
    valid("string-name-and-value-escaped", r'{"\"":"\\"}')
    valid("string-empty-many", '["","",""]')

    for code in range(0x20):
        invalid(f"string-control-{code:02x}", b'["a' + bytes([code]) + b'b"]', 3)
    invalid("string-control-in-name", b'{"a\nb":1}', 3)
    invalid("string-control-in-typed", b'{"S":"a\tb"}', 7)
    invalid("string-control-after-escape", b'"\\n\n"', 3)
    invalid("string-control-after-unicode", '"é\n"', 3)
    invalid("string-control-far", '"' + "x" * 100 + '\x01"', 101)

    for byte in range(0x21, 0x7F):
        character = chr(byte)
        if character not in '"\\/bfnrtu':
            invalid(f"string-escape-{byte:02x}", f'"a\\{character}b"', 3)
    invalid("string-escape-space", '"a\\ b"', 3)
    invalid("string-escape-line-end", '"a\\\nb"', 3)
    invalid("string-escape-nul-byte", b'"a\\\x00b"', 3)
    invalid("string-escape-unicode", '"a\\éb"', 3)
    invalid("string-escape-invalid-byte", b'"a\\\xffb"', 3)
    invalid("string-escape-u-none", r'"\u"', 3)
    invalid("string-escape-u-one", r'"\u0"', 4)
    invalid("string-escape-u-two", r'"\u00"', 5)
    invalid("string-escape-u-three", r'"\u004"', 6)
    invalid("string-escape-u-letter-g", r'"\u00g0"', 5)
    invalid("string-escape-u-space", r'"\u 041"', 3)
    invalid("string-escape-u-plus", r'"\u+041"', 3)
    invalid("string-escape-u-minus", r'"\u-041"', 3)
    invalid("string-escape-u-brace", r'"\u{41}"', 3)
    invalid("string-escape-u-full-width", '"\\u００４１"', 3)
    invalid("string-escape-u-at", r'"\u@041"', 3)
    invalid("string-escape-u-grave", r'"\u`041"', 3)
    invalid("string-escape-u-colon", r'"\u:041"', 3)
    invalid("string-escape-u-slash", r'"\u/041"', 3)
    invalid("string-escape-u-x", r'"\u0x41"', 4)
    invalid("string-escape-u-nul-byte", b'"\\u00\x001"', 5)
    invalid("string-escape-u-after-pair", r'"\ud83d\ude00\u12"', 17)
    invalid("string-escape-u-low-incomplete", r'"\ud83d\ude0"', 12)
    invalid("string-escape-x", r'"\x41"', 2)
    invalid("string-escape-in-name", r'{"\q":1}', 3)
    invalid("string-open", '"')
    invalid("string-open-with-text", '"abc')
    invalid("string-open-after-backslash", '"abc\\')
    invalid("string-open-escaped-quote", '"abc\\"')
    invalid("string-open-after-u", '"\\u')
    invalid("string-open-in-u", '"\\u00')
    invalid("string-open-after-high-surrogate", '"\\ud83d')
    invalid("string-open-after-high-surrogate-backslash", '"\\ud83d\\')
    invalid("string-open-in-array", '["a')
    invalid("string-open-in-name", '{"a')
    invalid("string-open-long", '"' + "x" * 1000)
    invalid("string-single-quotes", "'a'", 0)
    invalid("string-backtick", "`a`", 0)
    invalid("string-curly-quotes", "“a”", 0)
    invalid("string-bare", "[abc]", 1)
    invalid("string-close-only", 'a"', 0)
    invalid("string-adjacent", '"a""b"', 3)
    invalid("string-backslash-outside", "[\\u0041]", 1)

    bytes_of = bytes.fromhex
    for name, sequence in {
        "lone-continuation-80": "80", "lone-continuation-bf": "bf", "two-continuations": "8080", "continuation-after-ascii": "4180",
        "continuation-after-character": "c3a980", "overlong-2-c0": "c080", "overlong-2-c1": "c1bf", "overlong-2-slash": "c0af",
        "overlong-3": "e08080", "overlong-3-last": "e09fbf", "overlong-3-slash": "e080af", "overlong-4": "f0808080",
        "overlong-4-last": "f08fbfbf", "overlong-4-slash": "f08080af", "overlong-nul-2": "c080", "surrogate-first": "eda080",
        "surrogate-last-high": "edafbf", "surrogate-first-low": "edb080", "surrogate-last": "edbfbf", "surrogate-pair": "eda0bdedb880",
        "beyond-first": "f4908080", "beyond-last": "f7bfbfbf", "five-bytes": "f888808080", "six-bytes": "fc8480808080",
        "byte-f5": "f5808080", "byte-f8": "f8", "byte-fc": "fc", "byte-fe": "fe", "byte-ff": "ff", "utf16-bom": "fffe",
        "latin-1": "e9", "latin-1-word": "636166e9",
        "short-2": "c3", "short-3-by-two": "e2", "short-3-by-one": "e282", "short-4-by-three": "f0", "short-4-by-two": "f09f",
        "short-4-by-one": "f09f98", "short-3-then-ascii": "e28241", "short-4-then-ascii": "f09f9841", "short-2-then-lead": "c3c3a9",
        "short-3-then-lead": "e282e282ac", "short-4-then-lead": "f09f98f09f9880",
    }.items():
        data = bytes_of(sequence)
        good = 1 if name == "continuation-after-ascii" else 2 if name == "continuation-after-character" else 3 if name == "latin-1-word" else 0
        invalid(f"utf8-{name}", b'["' + data + b'"]', 2 + good)
    for name, sequence in {"short-2": "c3", "short-3": "e282", "short-4": "f09f98"}.items():
        invalid(f"utf8-{name}-at-end", b'"' + bytes_of(sequence))
    invalid("utf8-in-name", b'{"\xff":1}', 2)
    invalid("utf8-in-typed", b'{"S":"\xff"}', 6)
    invalid("utf8-typed-name", b'{"\xff":"x"}', 2)
    invalid("utf8-far", b'"' + b"x" * 99 + b'\xc0\xaf"', 100)
    invalid("utf8-outside-string", b"[\xc3\xa9]", 1)
    invalid("utf8-outside-string-broken", b"[\xff]", 1)
    invalid("encoding-utf16-le", '["a"]'.encode("utf-16-le"), 1)
    invalid("encoding-utf16-be", '["a"]'.encode("utf-16-be"), 0)
    invalid("encoding-utf16-le-bom", b"\xff\xfe" + '["a"]'.encode("utf-16-le"), 0)
    invalid("encoding-utf32-le", '["a"]'.encode("utf-32-le"), 1)


def choices():
    lone = "a surrogate without its other half stands for no character, and could not be written as UTF-8 again"
    for name, text in {
        "high-alone": r'"\ud800"', "high-alone-last": r'"\udbff"', "low-alone": r'"\udc00"', "low-alone-last": r'"\udfff"',
        "high-then-text": r'"\ud83dx"', "high-then-escape": r'"\ud83d\n"', "high-then-u": r'"\ud83d\u0041"', "high-twice": r'"\ud83d\ud83d"',
        "pair-swapped": r'"\ude00\ud83d"', "low-after-pair": r'"\ud83d\ude00\ude00"', "high-after-pair": r'"\ud83d\ude00\ud83d"',
        "in-name": r'{"\ud800":1}', "high-then-raw": '"\\ud83d😀"', "in-typed": r'{"S":"\udead"}',
    }.items():
        implementation(f"surrogate-{name}", text, "reject", lone, code="loneSurrogate")
    twice = "RFC 8259 says names SHOULD be unique: all members stay in the index, the last is found by its name"
    implementation("duplicate-names", '{"a":1,"a":2}', "accept", twice)
    implementation("duplicate-names-same-value", '{"a":1,"a":1}', "accept", twice)
    implementation("duplicate-names-escaped", r'{"a":1,"\u0061":2}', "accept", twice)
    implementation("duplicate-names-empty", '{"":1,"":2}', "accept", twice)
    implementation("duplicate-names-many", "{" + ",".join(['"a":{"a":0}'] * 100) + "}", "accept", twice)
    implementation("escaped-nul", r'"a\u0000b"', "accept", "U+0000 is a character like any other when it is escaped")
    implementation("escaped-nul-in-name", r'{"\u0000":1}', "accept", "U+0000 is a character like any other when it is escaped")
    bom = "RFC 8259 lets a reader ignore a byte order mark or refuse it: no writer may put it there"
    implementation("bom", "\ufeff{}", "reject", bom, code="unexpectedByte")
    implementation("bom-only", "\ufeff", "reject", bom, code="unexpectedByte")
    implementation("bom-at-end", "{}\ufeff", "reject", bom, code="unexpectedByte")
    implementation("bom-twice", "\ufeff\ufeff[]", "reject", bom, code="unexpectedByte")
    depth = "the default limit is 1024 open objects and arrays; with a higher limit it is accepted"
    implementation("depth-1025-arrays", "[" * 1025 + "]" * 1025, "reject", depth, code="depthExceeded", raised=True)
    implementation("depth-1025-objects", '{"a":' * 1025 + "0" + "}" * 1025, "reject", depth, code="depthExceeded", raised=True)
    implementation("depth-1025-typed", '{"M":' * 1024 + '{"S":"x"}' + "}" * 1024, "reject", depth, code="depthExceeded", raised=True)
    implementation("depth-100000-arrays", "[" * 100_000 + "]" * 100_000, "reject", depth, code="depthExceeded", raised=True)
    implementation("depth-100000-objects", '{"a":' * 100_000 + "0" + "}" * 100_000, "reject", depth, code="depthExceeded", raised=True)
    implementation("depth-100000-mixed", '[{"":' * 50_000 + "0" + "}]" * 50_000, "reject", depth, code="depthExceeded", raised=True)
    implementation("name-long", '{"' + "n" * 100_000 + '":1}', "accept", "only the whole text's size is limited")
    implementation("string-long", '"' + "é" * 50_000 + '"', "accept", "only the whole text's size is limited")


def truncations():
    document = '{"S":"é\\u00e9\\ud83d\\ude00€😀","N":[-1.5e+10,true,false,null,{}]}'
    valid("truncation-whole", document)
    data = encode(document)
    for length in range(1, len(data)):
        # What is cut within a number is a number still, but the object around it is open in any case.
        invalid(f"truncation-{length:03d}", data[:length])


def main():
    for part in (structure, numbers, literals, white_space, strings, choices, truncations):
        part()
    if CORPUS.exists():
        shutil.rmtree(CORPUS)
    for folder, named in texts.items():
        (CORPUS / folder).mkdir(parents=True)
        for name, text in named.items():
            (CORPUS / folder / f"{name}.json").write_bytes(text)
    for name, table in {"invalid.json": offsets, "implementation.json": verdicts}.items():
        (CORPUS / name).write_text(json.dumps(table, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    print({folder: len(named) for folder, named in texts.items()}, "texts")


main()
