#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the pattern cases, one JSON object a line: a pattern, an event, and whether AWS matches them, or what kind of mistake the pattern is.

The verdicts are written down here by hand, by what AWS's pages and its open-source matcher say; no matcher is asked.
Patterns and events are texts, so that duplicate keys, number spellings and broken JSON come through.
Run it in its folder after a change: ./make-cases.py
"""
import json

files = {}


def case(topic, note, pattern, event=None, match=None, error=None):
    line = {"note": note, "pattern": pattern if isinstance(pattern, str) else json.dumps(pattern, ensure_ascii=False)}
    if error:
        line["error"] = error
    else:
        line["event"] = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
        line["match"] = match
    files.setdefault(topic, []).append(line)


def values(topic, note, test, yes=(), no=()):
    """One field with one list of tests (JSON text), against values (JSON texts) that match and that don't."""
    for value in yes:
        case(topic, note, '{"f":%s}' % test, '{"f":%s}' % value, True)
    for value in no:
        case(topic, note, '{"f":%s}' % test, '{"f":%s}' % value, False)


def wrong(topic, note, pattern, error):
    case(topic, note, pattern, error=error)


def wrong_test(topic, note, test, error):
    wrong(topic, note, '{"f":%s}' % test, error)


# ---- literals
t = "literals"
values(t, "a text", '["a"]', ['"a"', '"\\u0061"', '["a"]', '["b","a"]', '[["a"]]', '[1,null,"a"]'],
       ['"A"', '"ab"', '""', '"a "', 'null', 'true', '1', '{}', '[]', '{"a":"a"}', '["b"]', '"b"'])
values(t, "the empty text", '[""]', ['""', '["",1]'], ['" "', 'null', '[]', '{}', '0', 'false'])
values(t, "several values", '["a","b",1,null]', ['"a"', '"b"', '1', 'null', '1.0', '["x","b"]'], ['"c"', '"1"', '"null"', 'false', '2', '[]'])
values(t, "a text beyond ASCII", '["é"]', ['"é"', '"\\u00e9"', '"\\u00E9"'], ['"e\\u0301"', '"É"', '"e"'])
values(t, "a text in another normal form", '["e\u0301"]', ['"e\\u0301"'], ['"é"'])
values(t, "an emoji", '["😀"]', ['"😀"', '"\\ud83d\\ude00"'], ['"😁"', '"?"'])
values(t, "a text with quotes and backslashes", '["a\\"b\\\\c"]', ['"a\\"b\\\\c"', '"a\\u0022b\\u005cc"'], ['"abc"', '"a\'b\\\\c"'])
values(t, "a text with control characters", '["a\\nb\\u0000"]', ['"a\\nb\\u0000"', '"a\\u000ab\\u0000"'], ['"a\\nb"', '"anb"'])
values(t, "a slash may be escaped", '["a/b"]', ['"a/b"', '"a\\/b"'], ['"a\\\\/b"'])
values(t, "a long text", '["%s"]' % ("x" * 300), ['"%s"' % ("x" * 300)], ['"%s"' % ("x" * 299), '"%s"' % ("x" * 301), '"%sy"' % ("x" * 299)])
values(t, "texts of eight bytes and about", '["12345678","1234567","123456789"]', ['"12345678"', '"1234567"', '"123456789"'],
       ['"123456"', '"1234567890"', '12345678', '"12345679"'])
values(t, "true", '[true]', ['true', '[false,true]'], ['false', '"true"', '1', 'null', '{}'])
values(t, "false", '[false]', ['false', '[true,false]'], ['true', '"false"', '0', 'null', '[]'])
values(t, "null", '[null]', ['null', '[1,null]'], ['"null"', '0', 'false', '""', '[]', '{}'])
case(t, "null is not absence", '{"f":[null]}', '{"g":1}', False)
case(t, "a field that is not there", '{"f":["a"]}', '{}', False)
case(t, "field names matter by letter case", '{"f":["a"]}', '{"F":"a"}', False)
case(t, "other fields do not matter", '{"f":["a"]}', '{"x":1,"f":"a","y":{"f":"b"}}', True)
case(t, "a field elsewhere is another field", '{"f":["a"]}', '{"x":{"f":"a"}}', False)
case(t, "names written with escapes", '{"\\u0066":["a"]}', '{"f":"a"}', True)
case(t, "names written with escapes in the event", '{"f":["a"]}', '{"\\u0066":"a"}', True)
case(t, "the empty name", '{"":["a"]}', '{"":"a"}', True)
case(t, "the empty name is a name", '{"":["a"]}', '{"a":"a"}', False)
case(t, "long names", '{"ApproximateCreationDateTime":[1]}', '{"ApproximateCreationDateTime":1}', True)
case(t, "long names that begin alike", '{"ApproximateCreationDateTime":[1]}', '{"ApproximateCreationDateTimf":1}', False)
case(t, "names in another normal form", '{"é":[1]}', '{"e\\u0301":1}', False)

# ---- numbers
t = "numbers"
values(t, "one", '[1]', ['1', '1.0', '1e0', '1E0', '10e-1', '0.1e1', '1.000', '100e-2', '[2,1]'], ['-1', '"1"', 'true', '1.1', '0', '1e1', 'null'])
values(t, "three hundred", '[300]', ['300', '300.0', '3.0e2', '3e2', '3E+2', '30e1'], ['301', '"300"', '3e3', '30'])
values(t, "written as a fraction", '[300.0]', ['300', '3e2'], ['300.1', '"300.0"'])
values(t, "written with an exponent", '[3e2]', ['300', '300.00'], ['3', '3e3'])
values(t, "zero", '[0]', ['0', '0.0', '-0', '-0.0', '0e5', '0E-9'], ['1', '1e-9', '"0"', 'false', 'null'])
values(t, "minus zero", '[-0.0]', ['0', '-0', '0.0'], ['-1', '1'])
values(t, "a fraction", '[0.1]', ['0.1', '0.10', '1e-1', '1E-1'], ['0.2', '0.11', '".1"', '0.1000000001'])
values(t, "negative", '[-12.5]', ['-12.5', '-1.25e1', '-125e-1'], ['12.5', '-12.4'])
values(t, "as many digits as a double has", '[9007199254740991]', ['9007199254740991', '9007199254740991.0', '9.007199254740991e15'], ['9007199254740992', '9007199254740990'])
values(t, "2^53, which a double has", '[9007199254740992]', ['9007199254740992', '9007199254740992.0', '9.007199254740992e15'], ['9007199254740993', '9007199254740994'])
values(t, "2^53 + 1 is compared as text", '[9007199254740993]', ['9007199254740993'], ['9007199254740993.0', '9007199254740992', '9.007199254740993e15'])
values(t, "twenty digits are compared as text", '[12345678901234567890]', ['12345678901234567890'], ['12345678901234567890.0', '12345678901234567891', '1.234567890123456789e19'])
values(t, "many digits behind the point", '[0.12345678901234567890]', ['0.12345678901234567890'], ['0.1234567890123456789', '0.12345678901234568'])
values(t, "too large for a double", '[1e400]', ['1e400'], ['1E400', '10e399', '1e401', '1'])
values(t, "too small for a double", '[1e-400]', ['1e-400'], ['0', '1E-400'])
values(t, "the largest double", '[1.7976931348623157e308]', ['1.7976931348623157e308', '17976931348623157e292'], ['1.7976931348623158e308', '1.7976931348623156e308'])
values(t, "the smallest double", '[5e-324]', ['5e-324', '0.5e-323'], ['4e-324', '0', '1e-323'])
values(t, "a large round number", '[1e22]', ['1e22', '10000000000000000000000'], ['1e23', '10000000000000000000001'])
values(t, "1e23, whose double prints so", '[1e23]', ['1e23', '100000000000000000000000'], ['100000000000000000000001', '99999999999999991611392'])
values(t, "17 digits that a double prints", '[0.30000000000000004]', ['0.30000000000000004', '3.0000000000000004e-1'], ['0.3', '0.30000000000000003'])
values(t, "an account number is a number like any other", '[123456789012]', ['123456789012', '1.23456789012e11'], ['"123456789012"', '123456789013'])
values(t, "numbers in a list of their own", '[1,2,3]', ['1', '2.0', '3e0', '[9,3]'], ['4', '"2"', '[4,5]'])

# ---- numeric
t = "numeric"
values(t, "equal", '[{"numeric":["=",5]}]', ['5', '5.0', '5e0', '[1,5]'], ['4', '6', '"5"', 'null', 'true', '5.000001', '[]', '{}'])
values(t, "equal to zero", '[{"numeric":["=",0]}]', ['0', '-0', '0.0', '-0.0e7'], ['1e-300', '"0"'])
values(t, "equal to minus one half", '[{"numeric":["=",-0.5]}]', ['-0.5', '-5e-1'], ['0.5', '-0.50001'])
values(t, "greater", '[{"numeric":[">",5]}]', ['5.0000001', '6', '1e300', '1.7976931348623157e308'], ['5', '5.0', '4.9', '-6', '"6"', '1e400', 'true'])
values(t, "greater or equal", '[{"numeric":[">=",5]}]', ['5', '5.0', '6'], ['4.999999', '-5', '"5"', 'null'])
values(t, "less", '[{"numeric":["<",5]}]', ['4.999', '-1e300', '0', '-1.7976931348623157e308'], ['5', '5.0', '6', '"4"', '-1e400'])
values(t, "less or equal", '[{"numeric":["<=",5]}]', ['5', '5.00', '-7'], ['5.0001', '1e9', '"5"'])
values(t, "between, both open", '[{"numeric":[">",0,"<",10]}]', ['1', '0.0001', '9.9999', '[0,10,5]'], ['0', '10', '-0.0', '11', '-1', '"5"'])
values(t, "between, both closed", '[{"numeric":[">=",0,"<=",10]}]', ['0', '10', '-0', '10.0', '3'], ['-0.001', '10.001'])
values(t, "between, half open", '[{"numeric":[">=",0,"<",10]}]', ['0', '9'], ['10', '-1'])
values(t, "between, half open the other way", '[{"numeric":[">",0,"<=",10]}]', ['10', '1'], ['0', '11'])
values(t, "between negative numbers", '[{"numeric":[">",-10,"<",-5.5]}]', ['-6', '-9.99'], ['-10', '-5.5', '-5', '7'])
values(t, "a number that no double prints is in no range", '[{"numeric":[">",0]}]', ['1234567890123456', '9007199254740992'],
       ['9007199254740993', '12345678901234567', '12345678901234567890', '0.12345678901234567890'])
values(t, "one of two ranges", '[{"numeric":["<",0]},{"numeric":[">",100]}]', ['-1', '101'], ['0', '50', '100'])
values(t, "a range or a text", '[{"numeric":["<",0]},"none"]', ['-1', '"none"'], ['1', '"-1"'])
values(t, "a bound with an exponent", '[{"numeric":[">",1e3]}]', ['1001', '1.1e3'], ['1000', '999'])
for sign in ["=", "<", "<=", ">", ">="]:
    wrong_test(t, "a text is no bound", '[{"numeric":["%s","5"]}]' % sign, "bad-operand")
    wrong_test(t, "no bound", '[{"numeric":["%s"]}]' % sign, "bad-operand")
    wrong_test(t, "null is no bound", '[{"numeric":["%s",null]}]' % sign, "bad-operand")
    wrong_test(t, "a bound that no double prints", '[{"numeric":["%s",9007199254740993]}]' % sign, "bad-operand")
for test in ['[]', '[5]', '["=>",5]', '["==",5]', '["!=",5]', '["<",5,">",0]', '["<=",5,">=",0]', '["=",5,"<",6]', '[">",5,"<",5]', '[">=",5,"<=",5]',
             '[">",6,"<",5]', '[">",1,">",2]', '[">",1,"=",2]', '[">",1,"<"]', '[">",1,"<","2"]', '[">",1,"<",2,"<",3]', '[">",1,2]', '["<",1e400]',
             '[">",0,"<",12345678901234567890]', '[true,5]', '[["=",5]]']:
    wrong_test(t, "a range that is none", '[{"numeric":%s}]' % test, "bad-operand")
wrong_test(t, "a number alone", '[{"numeric":5}]', "bad-operand")
wrong_test(t, "a text alone", '[{"numeric":">5"}]', "bad-operand")
wrong_test(t, "an object", '[{"numeric":{">":5}}]', "wrong-type")

# ---- prefix, suffix
t = "prefix-suffix"
values(t, "prefix", '[{"prefix":"ab"}]', ['"ab"', '"abc"', '"ab\\u0063"', '"\\u0061b"', '["x","abx"]'], ['"a"', '"Ab"', '"xab"', '""', '12', 'null', 'true', '{}', '[]'])
values(t, "the empty prefix takes any text", '[{"prefix":""}]', ['""', '"a"', '"\\""', '[1,"x"]'], ['1', 'true', 'null', '[]', '{}', '[1,null]'])
values(t, "a prefix beyond ASCII", '[{"prefix":"é"}]', ['"é"', '"étage"', '"\\u00e9!"'], ['"e\\u0301"', '"É"'])
values(t, "a prefix that looks like a number", '[{"prefix":"1"}]', ['"1"', '"12"'], ['1', '12', '"21"'])
values(t, "a prefix with a quote at its end is the whole text as well", '[{"prefix":"x\\""}]', ['"x"', '"x\\"y"', '"x\\""'], ['"xy"', '"y"', '""'])
values(t, "a quote alone", '[{"prefix":"\\""}]', ['""', '"\\"a"'], ['"a"', '"a\\""'])
values(t, "a long prefix", '[{"prefix":"%s"}]' % ("p" * 40), ['"%s"' % ("p" * 40), '"%s"' % ("p" * 41)], ['"%s"' % ("p" * 39)])
values(t, "two prefixes", '[{"prefix":"a"},{"prefix":"bc"}]', ['"a"', '"bcd"'], ['"b"', '"c"'])
values(t, "a prefix of a prefix", '[{"prefix":"a"},{"prefix":"ab"}]', ['"ax"', '"abx"'], ['"b"'])
values(t, "suffix", '[{"suffix":".png"}]', ['".png"', '"a.png"', '"\\u002epng"', '["x",".png"]'], ['"a.pngx"', '"png"', '".PNG"', '""', '1', 'null'])
values(t, "the empty suffix takes any text", '[{"suffix":""}]', ['""', '"a"'], ['1', 'false', 'null', '[]', '{}'])
values(t, "a suffix beyond ASCII", '[{"suffix":"é"}]', ['"é"', '"caf\\u00e9"'], ['"cafe\\u0301"', '"cafÉ"'])
values(t, "a suffix with a quote at its start is the whole text as well", '[{"suffix":"\\"x"}]', ['"x"', '"y\\"x"', '"\\"x"'], ['"yx"', '""'])
values(t, "a suffix that looks like a number", '[{"suffix":"5"}]', ['"5"', '"45"'], ['5', '45'])
values(t, "prefix ignoring case", '[{"prefix":{"equals-ignore-case":"AbC"}}]', ['"abc"', '"ABCdef"', '"aBcD"'], ['"ab"', '"xabc"', '1', 'null'])
values(t, "suffix ignoring case", '[{"suffix":{"equals-ignore-case":".Png"}}]', ['".png"', '"a.PNG"', '"A.pNg"'], ['"png"', '".pngx"', '1'])
values(t, "the empty prefix ignoring case", '[{"prefix":{"equals-ignore-case":""}}]', ['""', '"x"'], ['1', 'null'])
values(t, "the empty suffix ignoring case", '[{"suffix":{"equals-ignore-case":""}}]', ['""', '"x"'], ['1', 'null'])
values(t, "a prefix whose capital is longer", '[{"prefix":{"equals-ignore-case":"ß"}}]', ['"ßx"', '"SSx"'], ['"ssx"', '"sSx"', '"S"'])
values(t, "a suffix whose capital is longer", '[{"suffix":{"equals-ignore-case":"ß"}}]', ['"xß"', '"xSS"'], ['"xss"', '"S"'])
values(t, "É and é", '[{"prefix":{"equals-ignore-case":"É"}}]', ['"é"', '"Éa"'], ['"e"', '"E\\u0301"'])
for name in ["prefix", "suffix"]:
    for operand in ['1', 'null', 'true']:
        wrong_test(t, "no text", '[{"%s":%s}]' % (name, operand), "bad-operand")
    wrong_test(t, "a list", '[{"%s":["a"]}]' % name, "wrong-type")
    wrong_test(t, "an empty object", '[{"%s":{}}]' % name, "empty")
    wrong_test(t, "another comparison inside", '[{"%s":{"prefix":"a"}}]' % name, "unknown-operator")
    wrong_test(t, "no text inside", '[{"%s":{"equals-ignore-case":1}}]' % name, "bad-operand")
    wrong_test(t, "a list inside", '[{"%s":{"equals-ignore-case":["a"]}}]' % name, "wrong-type")
    wrong_test(t, "two inside", '[{"%s":{"equals-ignore-case":"a","prefix":"b"}}]' % name, "several-operators")

# ---- equals-ignore-case
t = "ignore-case"
values(t, "letters", '[{"equals-ignore-case":"OpEn"}]', ['"open"', '"OPEN"', '"oPeN"', '"\\u006fpen"', '["x","OPEN"]'], ['"ope"', '"opens"', '""', '1', 'null', '"öpen"'])
values(t, "digits and signs are themselves", '[{"equals-ignore-case":"a-1_B@[`{"}]', ['"A-1_b@[`{"', '"a-1_B@[`{"'], ['"a-1_B@{`["', '"A-1?b@[`{"', '"A-1_b`[@{"'])
values(t, "the empty text", '[{"equals-ignore-case":""}]', ['""'], ['"a"', 'null', '0'])
values(t, "é and É", '[{"equals-ignore-case":"é"}]', ['"é"', '"É"', '"\\u00c9"'], ['"e"', '"E"', '"e\\u0301"'])
values(t, "ß and SS", '[{"equals-ignore-case":"Straße"}]', ['"straße"', '"STRASSE"', '"StraSSe"'], ['"strasse"', '"STRAsSE"', '"STRAẞE"'])
values(t, "SS and ss, but no ß", '[{"equals-ignore-case":"SS"}]', ['"ss"', '"Ss"', '"SS"'], ['"ß"'])
values(t, "Σ and σ, but not the σ of a word's end", '[{"equals-ignore-case":"Σ"}]', ['"Σ"', '"σ"'], ['"ς"'])
values(t, "ς and Σ", '[{"equals-ignore-case":"ς"}]', ['"ς"', '"Σ"'], ['"σ"'])
values(t, "the dotless i has a capital I", '[{"equals-ignore-case":"ı"}]', ['"ı"', '"I"'], ['"i"', '"İ"'])
values(t, "i knows no dotless ones", '[{"equals-ignore-case":"i"}]', ['"i"', '"I"'], ['"ı"', '"İ"'])
values(t, "the Kelvin sign has a small k", '[{"equals-ignore-case":"\u212a"}]', ['"\u212a"', '"k"'], ['"K"'])
values(t, "k does not know the Kelvin sign", '[{"equals-ignore-case":"k"}]', ['"k"', '"K"'], ['"\u212a"'])
values(t, "Cyrillic", '[{"equals-ignore-case":"Привет"}]', ['"ПРИВЕТ"', '"привет"', '"пРИВЕт"'], ['"привет "', '"привёт"'])
values(t, "a ligature has capitals of its letters", '[{"equals-ignore-case":"ﬁ"}]', ['"ﬁ"', '"FI"'], ['"fi"', '"Fi"'])
values(t, "scripts without cases", '[{"equals-ignore-case":"日本"}]', ['"日本"'], ['"日"', '"日本語"'])
for operand in ['1', 'null', 'true']:
    wrong_test(t, "no text", '[{"equals-ignore-case":%s}]' % operand, "bad-operand")
for operand in ['["a"]', '{}', '{"prefix":"a"}']:
    wrong_test(t, "no text", '[{"equals-ignore-case":%s}]' % operand, "wrong-type")

# ---- wildcard
t = "wildcard"
values(t, "in the middle", '[{"wildcard":"a*c"}]', ['"ac"', '"abc"', '"acc"', '"abcabc"', '"a\\u0062c"'], ['"a"', '"c"', '"acb"', '"xac"', '"AC"', '""', '1'])
values(t, "at the end", '[{"wildcard":"a*"}]', ['"a"', '"ab"', '"a*"'], ['"ba"', '""', '"A"', '1', 'null'])
values(t, "at the start", '[{"wildcard":"*.png"}]', ['".png"', '"a.png"', '"a.png.png"'], ['"png"', '".png "', '1'])
values(t, "alone", '[{"wildcard":"*"}]', ['""', '"a"', '"*"', '"\\""', '[1,"x"]'], ['1', 'null', 'true', '[]', '{}'])
values(t, "on both sides", '[{"wildcard":"*b*"}]', ['"b"', '"abc"', '"bb"', '"ab"'], ['"a"', '""', '"B"'])
values(t, "several", '[{"wildcard":"a*b*c"}]', ['"abc"', '"axbxc"', '"abbc"', '"abcbc"', '"aabbcc"'], ['"ac"', '"acb"', '"abcd"', '"xabc"'])
values(t, "parts may not overlap", '[{"wildcard":"ab*ba"}]', ['"abba"', '"abxba"', '"ababa"'], ['"aba"', '"ab"', '"ba"'])
values(t, "parts may not overlap in the middle", '[{"wildcard":"*aba*aba*"}]', ['"abaaba"', '"xabaxabax"'], ['"ababa"', '"aba"'])
values(t, "none at all", '[{"wildcard":"abc"}]', ['"abc"'], ['"abcd"', '"ab"', '"ABC"'])
values(t, "the empty text", '[{"wildcard":""}]', ['""'], ['"a"', 'null', '[]'])
values(t, "an escaped star", '[{"wildcard":"a\\\\*b"}]', ['"a*b"'], ['"ab"', '"axb"', '"a\\\\*b"'])
values(t, "an escaped star and one that is none", '[{"wildcard":"\\\\**\\\\*"}]', ['"**"', '"*x*"', '"***"'], ['"*"', '"x**"', '"**x"'])
values(t, "an escaped backslash", '[{"wildcard":"a\\\\\\\\*"}]', ['"a\\\\"', '"a\\\\b"'], ['"a"', '"ab"', '"a*"'])
values(t, "beyond ASCII", '[{"wildcard":"é*ü"}]', ['"éü"', '"é😀ü"'], ['"éu"', '"e\\u0301ü"'])
values(t, "a star takes what looks like two characters", '[{"wildcard":"a*b"}]', ['"a😀b"', '"a\\ud83d\\ude00b"', '"a\\nb"', '"a\\"b"'], ['"a"'])
values(t, "paths", '[{"wildcard":"dir/*/file-*.json"}]', ['"dir/a/file-1.json"', '"dir//file-.json"', '"dir/a/b/file-x.json"'], ['"dir/file-1.json"', '"dir/a/file.json"'])
for text in ['**', 'a**b', '*a**', '***', '\\\\***']:
    wrong_test(t, "two stars in a row", '[{"wildcard":"%s"}]' % text, "bad-operand")
for text in ['a\\\\', 'a\\\\b', '\\\\n', '\\\\\\"']:
    wrong_test(t, "a backslash before something else", '[{"wildcard":"%s"}]' % text, "bad-operand")
for operand in ['1', 'null', 'true']:
    wrong_test(t, "no text", '[{"wildcard":%s}]' % operand, "bad-operand")
wrong_test(t, "a list", '[{"wildcard":["a*"]}]', "wrong-type")
wrong_test(t, "an object", '[{"wildcard":{"prefix":"a"}}]', "wrong-type")

# ---- anything-but
t = "anything-but"
values(t, "a text", '[{"anything-but":"a"}]', ['"b"', '""', '1', 'null', 'true', '"A"', '["a","b"]', '["x","y"]', '[1]'], ['"a"', '["a"]', '["a","a"]', '"\\u0061"', '[]', '{}', '{"x":1}'])
case(t, "the field has to be there", '{"f":[{"anything-but":"a"}]}', '{"g":"b"}', False)
values(t, "a number", '[{"anything-but":5}]', ['4', '"5"', 'null', 'false', '[5,6]', '12345678901234567890'], ['5', '5.0', '5e0', '[5,5.0]', '[]', '{}'])
values(t, "a list of texts", '[{"anything-but":["a","b"]}]', ['"c"', '1', 'null', '["a","c"]', '"ab"'], ['"a"', '"b"', '["a","b"]', '[]'])
values(t, "a list of one text", '[{"anything-but":["a"]}]', ['"b"'], ['"a"'])
values(t, "a list of numbers", '[{"anything-but":[1,2.5]}]', ['3', '"1"', '"2.5"', 'null', '[1,3]'], ['1', '1.0', '2.50', '25e-1', '[1,2.5]'])
values(t, "the empty text", '[{"anything-but":""}]', ['"a"', '1', 'null'], ['""'])
values(t, "an address is compared as a text", '[{"anything-but":"::1"}]', ['"0:0:0:0:0:0:0:1"', '"::2"'], ['"::1"'])
values(t, "a prefix", '[{"anything-but":{"prefix":"ab"}}]', ['"a"', '"xab"', '"Ab"', '""', '1', 'null', 'true', '["ab","x"]'], ['"ab"', '"abc"', '["ab","abd"]', '[]'])
values(t, "prefixes", '[{"anything-but":{"prefix":["a","b"]}}]', ['"c"', '"xa"', '["a","c"]'], ['"a"', '"bc"', '["a","b"]'])
values(t, "a suffix", '[{"anything-but":{"suffix":".png"}}]', ['"png"', '".jpg"', '1', 'null'], ['".png"', '"a.png"'])
values(t, "suffixes", '[{"anything-but":{"suffix":[".png",".jpg"]}}]', ['".gif"', '"a.PNG"'], ['"a.png"', '"b.jpg"'])
values(t, "letter case aside", '[{"anything-but":{"equals-ignore-case":"Open"}}]', ['"opened"', '"closed"', '1', 'null', '""'], ['"open"', '"OPEN"', '"Open"'])
values(t, "several letter cases aside", '[{"anything-but":{"equals-ignore-case":["a","É"]}}]', ['"b"', '"e"'], ['"A"', '"é"', '"É"'])
values(t, "a wildcard", '[{"anything-but":{"wildcard":"a*c"}}]', ['"ab"', '"xac"', '1', 'null'], ['"ac"', '"abc"'])
values(t, "wildcards", '[{"anything-but":{"wildcard":["*.png","tmp/*"]}}]', ['"a.jpg"', '"x/tmp/"'], ['"a.png"', '"tmp/a"', '"tmp/"'])
values(t, "a prefix with a quote at its end", '[{"anything-but":{"prefix":"x\\""}}]', ['"xy"', '"y"'], ['"x"', '"x\\"y"'])
values(t, "a text that stands alone beside it", '[{"anything-but":"a"},"a"]', ['"a"', '"b"'], ['[]'])
values(t, "two exclude nothing", '[{"anything-but":"a"},{"anything-but":"b"}]', ['"a"', '"b"', '"c"'], ['{}'])
for operand in ['[]', '{"prefix":[]}', '{"suffix":[]}', '{"equals-ignore-case":[]}', '{"wildcard":[]}', '{}']:
    wrong_test(t, "nothing excluded", '[{"anything-but":%s}]' % operand, "empty")
for operand in ['["a",1]', '[1,"a"]', '[true]', '[null]', '["a",null]', 'true', 'null', 'false', '[9007199254740993]', '1e400', '{"prefix":""}', '{"suffix":""}',
                '{"prefix":["a",""]}', '{"prefix":1}', '{"suffix":[1]}', '{"equals-ignore-case":1}', '{"equals-ignore-case":[1]}', '{"equals-ignore-case":null}',
                '{"wildcard":"**"}', '{"wildcard":["a","b**"]}', '{"wildcard":1}']:
    wrong_test(t, "what cannot be excluded", '[{"anything-but":%s}]' % operand, "bad-operand")
for operand in ['[["a"]]', '[{"prefix":"a"}]', '{"prefix":{"equals-ignore-case":"a"}}']:
    wrong_test(t, "what cannot be excluded", '[{"anything-but":%s}]' % operand, "wrong-type")
for operand in ['{"numeric":["=",1]}', '{"exists":true}', '{"cidr":"10.0.0.0/8"}', '{"anything-but":"a"}', '{"equals":"a"}']:
    wrong_test(t, "a comparison that cannot be excluded", '[{"anything-but":%s}]' % operand, "unknown-operator")
wrong_test(t, "two comparisons", '[{"anything-but":{"prefix":"a","suffix":"b"}}]', "several-operators")

# ---- exists
t = "exists"
values(t, "is there", '[{"exists":true}]', ['1', '""', 'null', 'false', '"a"', '[1]', '[null]', '[[0]]'], ['[]', '{}', '{"x":1}', '[{}]', '[{"x":1}]', '[[]]'])
values(t, "is not there", '[{"exists":false}]', ['[]', '{}', '{"x":1}', '[{}]', '[{"x":1}]', '[[]]'], ['1', '""', 'null', 'false', '"a"', '[1]', '[{},1]'])
case(t, "no such field", '{"f":[{"exists":false}]}', '{"g":1}', True)
case(t, "no such field", '{"f":[{"exists":true}]}', '{"g":1}', False)
case(t, "an empty event", '{"f":[{"exists":false}]}', '{}', True)
case(t, "a field inside", '{"a":{"b":[{"exists":true}]}}', '{"a":{"b":null}}', True)
case(t, "a field inside that is an object", '{"a":{"b":[{"exists":true}]}}', '{"a":{"b":{"c":1}}}', False)
case(t, "a field inside that is not there", '{"a":{"b":[{"exists":false}]}}', '{"a":{"c":1}}', True)
case(t, "a field inside something else", '{"a":{"b":[{"exists":false}]}}', '{"a":1}', True)
case(t, "a field inside nothing", '{"a":{"b":[{"exists":false}]}}', '{"x":1}', True)
case(t, "a field inside that is there", '{"a":{"b":[{"exists":false}]}}', '{"a":{"b":0}}', False)
values(t, "not there, or a value", '[{"exists":false},"a"]', ['"a"', '{}', '[]', '["b","a"]'], ['"b"', 'null', '1'])
values(t, "there or not", '[{"exists":false},{"exists":true}]', ['1', '{}', '[]', 'null'], [])
case(t, "two that are not there", '{"a":[{"exists":false}],"b":[{"exists":false}]}', '{"c":1}', True)
case(t, "one of two is there", '{"a":[{"exists":false}],"b":[{"exists":false}]}', '{"b":1}', False)
case(t, "one there and one not", '{"a":[{"exists":true}],"b":[{"exists":false}]}', '{"a":1}', True)
case(t, "one there and one not, the other way", '{"a":[{"exists":true}],"b":[{"exists":false}]}', '{"b":1}', False)
for operand in ['1', '"true"', 'null']:
    wrong_test(t, "neither true nor false", '[{"exists":%s}]' % operand, "bad-operand")
for operand in ['[]', '{}', '[true]']:
    wrong_test(t, "neither true nor false", '[{"exists":%s}]' % operand, "wrong-type")
wrong_test(t, "beside something else", '[{"exists":true,"prefix":"a"}]', "several-operators")

# ---- cidr and addresses
t = "addresses"
values(t, "eight bits", '[{"cidr":"10.0.0.0/8"}]', ['"10.0.0.0"', '"10.255.255.255"', '"10.1.2.3"', '"010.1.2.3"', '["x","10.0.0.1"]'], ['"11.0.0.0"', '"9.255.255.255"', '"10.0.0"', '"10.0.0.0.0"', '"10.0.0.256"', '"a"', '""', '10', 'null', '"10.0.0.1 "', '"::"'])
values(t, "bits within a byte", '[{"cidr":"192.168.4.0/22"}]', ['"192.168.4.0"', '"192.168.7.255"'], ['"192.168.3.255"', '"192.168.8.0"'])
values(t, "what the address has behind its bits does not matter", '[{"cidr":"10.9.8.7/8"}]', ['"10.0.0.0"', '"10.255.0.1"'], ['"11.9.8.7"'])
values(t, "thirty-one bits", '[{"cidr":"10.0.0.4/31"}]', ['"10.0.0.4"', '"10.0.0.5"'], ['"10.0.0.3"', '"10.0.0.6"'])
values(t, "one bit", '[{"cidr":"128.0.0.0/1"}]', ['"255.255.255.255"', '"128.0.0.0"'], ['"127.255.255.255"', '"0.0.0.0"'])
values(t, "no bits take every address and, as a slip of AWS's own, numbers", '[{"cidr":"0.0.0.0/0"}]', ['"1.2.3.4"', '"255.255.255.255"', '"::1"', '5', '0'], ['"a"', '""', 'null', 'true', '"1.2.3"', '{}'])
values(t, "version 6", '[{"cidr":"2001:db8::/32"}]', ['"2001:db8::"', '"2001:DB8:ffff::1"', '"2001:0db8:0:0:0:0:0:9"', '"2001:db8:1:2:3:4:5:6"'], ['"2001:db9::"', '"2001:db7:ffff::"', '"10.0.0.1"', '"2001:db8"', '"2001:db8:::1"', '"2001:db8::1::2"', '"2001:db8:1:2:3:4:5:6:7"', '"2001:db8::g"'])
values(t, "version 6, all but one bit", '[{"cidr":"fe80::2/127"}]', ['"fe80::2"', '"fe80::3"'], ['"fe80::1"', '"fe80::4"'])
values(t, "version 6 within a group", '[{"cidr":"fc00::/7"}]', ['"fc00::1"', '"fdff::"'], ['"fe00::"', '"fbff::"'])
values(t, "an address of version 4 in one of version 6", '[{"cidr":"10.0.0.0/8"}]', ['"::ffff:0a01:0203"', '"0:0:0:0:0:FFFF:A01:203"'], ['"::a01:203"', '"::ffff:10.1.2.3"'])
values(t, "an address as a text, in any spelling", '["::1"]', ['"::1"', '"0:0:0:0:0:0:0:1"', '"0::1"', '"0000:0000:0000:0000:0000:0000:0000:0001"', '"::0001"'], ['"::2"', '"0.0.0.1"', '"1"', '1'])
values(t, "letters in any case", '["FE80::ABCD"]', ['"fe80::abcd"', '"fe80:0:0:0:0:0:0:AbCd"'], ['"fe80::abce"'])
values(t, "an address of version 4 as a text", '["10.0.0.1"]', ['"10.0.0.1"', '"010.000.000.001"', '"::ffff:a00:1"'], ['"10.0.0.2"', '"10.0.1"', '"a00:1"'])
values(t, "the last address", '["255.255.255.255"]', ['"255.255.255.255"'], ['"255.255.255.254"'])
values(t, "what only looks like an address is a text", '["256.1.1.1"]', ['"256.1.1.1"'], ['"256.01.1.1"', '"0.1.1.1"'])
values(t, "a mixed spelling is a text", '["::ffff:1.2.3.4"]', ['"::ffff:1.2.3.4"'], ['"1.2.3.4"', '"::ffff:102:304"'])
values(t, "a colon alone is a text", '[":"]', ['":"'], ['"::"'])
values(t, "two colons are an address", '["::"]', ['"::"', '"0:0:0:0:0:0:0:0"', '"0::"'], ['":"', '"::1"', '"0.0.0.0"'])
values(t, "exactly takes an address by the letter", '[{"exactly":"::1"}]', ['"::1"'], ['"0::1"'])
values(t, "an address or a network", '["1.1.1.1",{"cidr":"10.0.0.0/8"}]', ['"1.1.1.1"', '"10.2.3.4"'], ['"1.1.1.2"'])
for text in ['10.0.0.0', '10.0.0.0/', '10.0.0.0/x', '10.0.0.0/8/9', '/8', '10.0.0/8', '10.0.0.0/32', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.256/8', 'x/8', '', '::/128', '::/129', ':::/8',
             '1:2:3/8', '2001:db8::/x', 'fe80::g/10']:
    wrong_test(t, "no network", '[{"cidr":"%s"}]' % text, "bad-operand")
for operand in ['10', 'null', 'true']:
    wrong_test(t, "no text", '[{"cidr":%s}]' % operand, "bad-operand")
wrong_test(t, "a list", '[{"cidr":["10.0.0.0/8"]}]', "wrong-type")
values(t, "exactly", '[{"exactly":"a"}]', ['"a"'], ['"A"', '1', '"ab"'])
wrong_test(t, "exactly takes texts only", '[{"exactly":1}]', "bad-operand")

# ---- fields
t = "fields"
case(t, "two fields, both right", '{"a":[1],"b":[2]}', '{"b":2,"a":1}', True)
case(t, "two fields, one wrong", '{"a":[1],"b":[2]}', '{"a":1,"b":3}', False)
case(t, "two fields, one missing", '{"a":[1],"b":[2]}', '{"a":1}', False)
case(t, "a field in a field", '{"a":{"b":[1]}}', '{"a":{"b":1}}', True)
case(t, "fields deep in each other", '{"a":{"b":{"c":{"d":["x"]}}}}', '{"a":{"b":{"c":{"d":"x"}}}}', True)
case(t, "fields not so deep", '{"a":{"b":{"c":["x"]}}}', '{"a":{"c":"x"}}', False)
case(t, "a point in a name is a step", '{"a.b":[1]}', '{"a":{"b":1}}', True)
case(t, "a point in the event's name is a step", '{"a":{"b":[1]}}', '{"a.b":1}', True)
case(t, "points in both names", '{"a.b":{"c":[1]}}', '{"a":{"b.c":1}}', True)
case(t, "points that don't meet", '{"a.b":[1]}', '{"ab":1}', False)
case(t, "a point at the end is an empty name", '{"a.":[1]}', '{"a":{"":1}}', True)
case(t, "a point at the start is an empty name", '{".a":[1]}', '{"":{"a":1}}', True)
case(t, "a point alone", '{".":[1]}', '{"":{"":1}}', True)
case(t, "an empty name is no missing name", '{"a.":[1]}', '{"a":1}', False)
case(t, "both spellings in one event count", '{"a":{"b":[1]}}', '{"a.b":2,"a":{"b":1}}', True)
case(t, "a name with a point beside its first part", '{"a":[1],"a.b":[2]}', '{"a":1,"a.b":2}', True)
case(t, "a value and fields under one name", '{"a":[1],"a.b":[2]}', '{"a":[1,{"b":2}]}', True)
case(t, "a field that is an object has no value", '{"a":["x"]}', '{"a":{"b":"x"}}', False)
case(t, "a pattern's field twice: the last one counts", '{"a":[1],"a":[2]}', '{"a":2}', True)
case(t, "a pattern's field twice: the first one does not", '{"a":[1],"a":[2]}', '{"a":1}', False)
case(t, "in two spellings: the last one counts", '{"a.b":[1],"a":{"b":[2]}}', '{"a":{"b":2}}', True)
case(t, "in two spellings: the first one does not", '{"a.b":[1],"a":{"b":[2]}}', '{"a":{"b":1}}', False)
case(t, "an object twice: what is in both counts", '{"a":{"b":[1]},"a":{"c":[2]}}', '{"a":{"b":1,"c":2}}', True)
case(t, "an object twice: one part is missing", '{"a":{"b":[1]},"a":{"c":[2]}}', '{"a":{"c":2}}', False)
case(t, "an event's field twice: both count", '{"a":[1]}', '{"a":1,"a":2}', True)
case(t, "an event's field twice: both count, the last as well", '{"a":[2]}', '{"a":1,"a":2}', True)
case(t, "an event's object twice", '{"a":{"b":[1],"c":[2]}}', '{"a":{"b":1},"a":{"c":2}}', True)
case(t, "white space means nothing", ' { "a" : [ 1 , "b" ] } ', '\n{"a"\t:\r "b"}', True)
case(t, "a field called like a comparison", '{"prefix":["a"]}', '{"prefix":"a"}', True)
case(t, "a field called like a comparison, inside", '{"price":{"numeric":[5]}}', '{"price":{"numeric":5}}', True)
case(t, "a field called exists", '{"a":{"exists":[true]}}', '{"a":{"exists":true}}', True)
case(t, "many fields", '{' + ",".join('"f%d":[%d]' % (i, i) for i in range(50)) + '}', '{' + ",".join('"f%d":%d' % (i, i) for i in range(50)) + '}', True)
case(t, "many fields, the last one wrong", '{' + ",".join('"f%d":[%d]' % (i, i) for i in range(50)) + '}', '{' + ",".join('"f%d":%d' % (i, min(i, 48)) for i in range(50)) + '}', False)
for pattern, error in [('{}', "empty"), ('[]', "wrong-type"), ('"a"', "wrong-type"), ('1', "wrong-type"), ('null', "wrong-type"), ('true', "wrong-type"), ('[{"a":[1]}]', "wrong-type"),
                       ('{"a":{}}', "empty"), ('{"a":[]}', "empty"), ('{"a":{"b":{}}}', "empty"), ('{"a":{"b":[]}}', "empty"), ('{"a":[{}]}', "empty"),
                       ('{"a":"b"}', "wrong-type"), ('{"a":1}', "wrong-type"), ('{"a":null}', "wrong-type"), ('{"a":true}', "wrong-type"), ('{"a":{"b":1}}', "wrong-type"),
                       ('{"a":[["b"]]}', "wrong-type"), ('{"a":["b",["c"]]}', "wrong-type"), ('{"a":[[]]}', "wrong-type"), ('{"a":[1],"b":[]}', "empty"), ('{"a":[1],"b":{}}', "empty"),
                       ('{"a":[{"prefix":"a","suffix":"b"}]}', "several-operators"), ('{"a":[{"prefix":"a","prefix":"b"}]}', "several-operators"),
                       ('{"a":[{"equals":"b"}]}', "unknown-operator"), ('{"a":[{"PREFIX":"b"}]}', "unknown-operator"), ('{"a":[{"anything_but":"b"}]}', "unknown-operator"),
                       ('{"a":[{"":"b"}]}', "unknown-operator"), ('{"a":[{"b":[1]}]}', "unknown-operator"), ('{"a":["b"', "syntax"), ('{"a":["b"]', "syntax"), ('', "syntax"), ('{"a":[01]}', "syntax"),
                       ("{'a':['b']}", "syntax"), ('{"a":["b"]} x', "syntax"), ('{"a":["b"],}', "syntax"), ('{"a":["\\x"]}', "syntax")]:
    wrong(t, "no pattern", pattern, error)

# ---- $or
t = "or"
either = '{"$or":[{"a":[1]},{"b":[2]}]}'
case(t, "the first", either, '{"a":1}', True)
case(t, "the second", either, '{"b":2,"a":9}', True)
case(t, "both", either, '{"a":1,"b":2}', True)
case(t, "neither", either, '{"a":2,"b":1}', False)
case(t, "beside a field", '{"c":[3],"$or":[{"a":[1]},{"b":[2]}]}', '{"a":1,"c":3}', True)
case(t, "beside a field that is wrong", '{"c":[3],"$or":[{"a":[1]},{"b":[2]}]}', '{"a":1,"c":4}', False)
case(t, "before a field", '{"$or":[{"a":[1]},{"b":[2]}],"c":[3]}', '{"b":2,"c":3}', True)
case(t, "before a field that is missing", '{"$or":[{"a":[1]},{"b":[2]}],"c":[3]}', '{"b":2}', False)
case(t, "inside a field", '{"d":{"$or":[{"a":[1]},{"b":[2]}]}}', '{"d":{"b":2}}', True)
case(t, "inside a field, not beside it", '{"d":{"$or":[{"a":[1]},{"b":[2]}]}}', '{"b":2}', False)
case(t, "within a choice: the first", '{"$or":[{"a":[1]},{"$or":[{"b":[2]},{"c":[3]}]}]}', '{"a":1}', True)
case(t, "within a choice: the last", '{"$or":[{"a":[1]},{"$or":[{"b":[2]},{"c":[3]}]}]}', '{"c":3}', True)
case(t, "within a choice: none", '{"$or":[{"a":[1]},{"$or":[{"b":[2]},{"c":[3]}]}]}', '{"c":2}', False)
case(t, "several fields in a choice", '{"$or":[{"a":[1],"b":[2]},{"c":[3]}]}', '{"a":1,"b":2}', True)
case(t, "several fields in a choice, one wrong", '{"$or":[{"a":[1],"b":[2]},{"c":[3]}]}', '{"a":1,"b":3}', False)
case(t, "two of them combine", '{"x":{"$or":[{"a":[1]},{"b":[2]}]},"y":{"$or":[{"a":[1]},{"b":[2]}]}}', '{"x":{"a":1},"y":{"b":2}}', True)
case(t, "two of them, one unmet", '{"x":{"$or":[{"a":[1]},{"b":[2]}]},"y":{"$or":[{"a":[1]},{"b":[2]}]}}', '{"x":{"a":1}}', False)
case(t, "two at one place: each choice with each", '{"$or":[{"a":[1]},{"b":[2]}],"$or":[{"c":[3]},{"d":[4]}]}', '{"b":2,"d":4}', True)
case(t, "two at one place: one unmet", '{"$or":[{"a":[1]},{"b":[2]}],"$or":[{"c":[3]},{"d":[4]}]}', '{"a":1,"b":2}', False)
case(t, "a field in a choice takes the place of the one before", '{"a":[1],"$or":[{"a":[2]},{"b":[2]}]}', '{"a":2}', True)
case(t, "a field in a choice, the other choice keeps the one before", '{"a":[1],"$or":[{"a":[2]},{"b":[2]}]}', '{"a":1,"b":2}', True)
case(t, "a field in a choice, neither", '{"a":[1],"$or":[{"a":[2]},{"b":[2]}]}', '{"a":1}', False)
case(t, "a field behind takes the place of the one in the choice", '{"$or":[{"a":[2]},{"b":[2]}],"a":[1]}', '{"a":1}', True)
case(t, "comparisons in choices", '{"$or":[{"a":[{"numeric":[">",5]}]},{"b":[{"prefix":"x"}]}]}', '{"b":"xy"}', True)
case(t, "absence in a choice", '{"$or":[{"a":[{"exists":false}]},{"b":[1]}]}', '{"c":1}', True)
case(t, "absence in a choice, not met", '{"$or":[{"a":[{"exists":false}]},{"b":[1]}]}', '{"a":1}', False)
case(t, "three choices", '{"$or":[{"a":[1]},{"a":[2]},{"a":[3]}]}', '{"a":3}', True)
case(t, "not a list: a field called so", '{"$or":{"a":[1]}}', '{"$or":{"a":1}}', True)
case(t, "a list of values: a field called so", '{"$or":["x","y"]}', '{"$or":"x"}', True)
case(t, "a list of values: a field called so, wrong", '{"$or":["x","y"]}', '{"$or":"z"}', False)
case(t, "a list of comparisons: a field called so", '{"$or":[{"prefix":"x"},{"suffix":"y"}]}', '{"$or":"ay"}', True)
case(t, "one comparison: a field called so", '{"$or":[{"exists":true}]}', '{"$or":1}', True)
case(t, "numeric comparisons: a field called so", '{"$or":[{"numeric":["=",1]},{"numeric":["=",2]}]}', '{"$or":2}', True)
for pattern, error in [('{"$or":[]}', "bad-choice"), ('{"$or":[{"a":[1]}]}', "bad-choice"), ('{"$or":[{"a":[1]},5]}', "bad-choice"), ('{"$or":[{"a":[1]},{}]}', "empty"),
                       ('{"$or":[{"a":[1]},{"b":2}]}', "wrong-type"), ('{"$or":[{"a":[1]},{"numeric":[1]}]}', "bad-choice"), ('{"$or":[{"a":{"prefix":["x"]}},{"b":[1]}]}', "bad-choice"),
                       ('{"$or":[{"a":[1]},["x"]]}', "bad-choice"), ('{"$or":"x"}', "bad-choice"), ('{"$or":1}', "bad-choice"), ('{"$or":[{"a":[]},{"b":[1]}]}', "empty"),
                       ('{"$or":[{"=":[1]},{"b":[1]}]}', "bad-choice"), ('{"$or":[{"regex":["x"]},{"b":[1]}]}', "bad-choice")]:
    wrong(t, "no choice", pattern, error)
wrong(t, "more combinations than AWS takes", '{' + ",".join('"f%d":{"$or":[{"a":[1]},{"b":[1]},{"c":[1]},{"d":[1]}]}' % i for i in range(5)) + '}', "too-many")

# ---- arrays
t = "arrays"
ab = '{"l":{"a":[1],"b":[2]}}'
case(t, "both in one element", ab, '{"l":[{"a":1,"b":2}]}', True)
case(t, "both in the second element", ab, '{"l":[{"a":9},{"a":1,"b":2}]}', True)
case(t, "in two elements", ab, '{"l":[{"a":1},{"b":2}]}', False)
case(t, "in two elements, crosswise", ab, '{"l":[{"a":1,"b":9},{"a":9,"b":2}]}', False)
case(t, "crosswise and together", ab, '{"l":[{"a":1,"b":9},{"a":9,"b":2},{"b":2,"a":1}]}', True)
case(t, "no array at all", ab, '{"l":{"a":1,"b":2}}', True)
case(t, "one inside, one outside of the array", '{"l":{"a":[1]},"x":[2]}', '{"x":2,"l":[{"a":0},{"a":1}]}', True)
case(t, "two arrays are independent", '{"l":{"a":[1]},"m":{"a":[1]}}', '{"l":[{"a":1},{}],"m":[{},{"a":1}]}', True)
case(t, "plain values of one array do not matter to each other", '{"l":["a"],"m":["b"]}', '{"l":["x","a"],"m":["b","y"]}', True)
case(t, "arrays in elements", '{"l":{"m":{"a":[1],"b":[2]}}}', '{"l":[{"m":[{"a":1},{"b":2}]},{"m":[{"a":1,"b":2}]}]}', True)
case(t, "arrays in elements, crosswise", '{"l":{"m":{"a":[1],"b":[2]}}}', '{"l":[{"m":[{"a":1},{"b":2}]},{"m":[{"a":1}]}]}', False)
case(t, "arrays in elements, in two outer ones", '{"l":{"m":{"a":[1],"b":[2]}}}', '{"l":[{"m":[{"a":1}]},{"m":[{"b":2}]}]}', False)
case(t, "an outer and an inner field of one element", '{"l":{"id":[7],"m":{"a":[1]}}}', '{"l":[{"id":7,"m":[{"a":0},{"a":1}]}]}', True)
case(t, "an outer and an inner field of two elements", '{"l":{"id":[7],"m":{"a":[1]}}}', '{"l":[{"id":7,"m":[{"a":0}]},{"id":8,"m":[{"a":1}]}]}', False)
case(t, "two arrays in one element are independent", '{"l":{"m":{"a":[1]},"n":{"b":[2]}}}', '{"l":[{"m":[{"a":0},{"a":1}],"n":[{"b":2},{"b":0}]}]}', True)
case(t, "an array of arrays", '{"l":{"a":[1],"b":[2]}}', '{"l":[[{"a":1,"b":2}],[{"a":0}]]}', True)
case(t, "an array of arrays, crosswise", '{"l":{"a":[1],"b":[2]}}', '{"l":[[{"a":1}],[{"b":2}]]}', False)
case(t, "an array of arrays, crosswise inside", '{"l":{"a":[1],"b":[2]}}', '{"l":[[{"a":1},{"b":2}]]}', False)
case(t, "values in an array of arrays", '{"l":["x"]}', '{"l":[["a"],["b","x"]]}', True)
case(t, "values of one field in two inner arrays", '{"l":{"a":["x"],"b":["y"]}}', '{"l":{"a":[["x"]],"b":[["z"],["y"]]}}', True)
case(t, "the field's own array is not an element", '{"l":{"a":["x"],"b":["y"]}}', '{"l":[{"a":["w","x"],"b":["y","z"]}]}', True)
case(t, "three fields, two together", '{"l":{"a":[1],"b":[2],"c":[3]}}', '{"l":[{"a":1,"b":2},{"c":3}]}', False)
case(t, "three fields together", '{"l":{"a":[1],"b":[2],"c":[3]}}', '{"l":[{"a":1,"b":2},{"a":1,"b":2,"c":3}]}', True)
case(t, "a name with a point in an element", '{"l":{"a":{"b":[1],"c":[2]}}}', '{"l":[{"a.b":1,"a":{"c":2}}]}', True)
case(t, "a name with a point in another element", '{"l":{"a":{"b":[1],"c":[2]}}}', '{"l":[{"a.b":1},{"a":{"c":2}}]}', False)
case(t, "one array twice under two names of the event", '{"l":{"a":[1],"b":[2]}}', '{"l":[{"a":1}],"l":[{"b":2}]}', True)
case(t, "absence in the element of the field before", '{"l":{"a":[1],"b":[{"exists":false}]}}', '{"l":[{"a":1},{"b":2}]}', True)
case(t, "no absence in the element of the field before", '{"l":{"a":[1],"b":[{"exists":false}]}}', '{"l":[{"a":1,"b":2},{"a":0}]}', False)
case(t, "absence in one of the elements of the field before", '{"l":{"a":[1],"b":[{"exists":false}]}}', '{"l":[{"a":1,"b":2},{"a":1}]}', True)
case(t, "absence that is decided before the field is found", '{"l":{"b":[1],"a":[{"exists":false}]}}', '{"l":[{"b":1},{"a":2}]}', False)
case(t, "absence from all elements", '{"l":{"b":[1],"a":[{"exists":false}]}}', '{"l":[{"b":1},{"c":2}]}', True)
case(t, "absence of what is outside of the array", '{"a":[1],"z":[{"exists":false}]}', '{"a":[0,1],"y":2}', True)
case(t, "anything but, some element", '{"l":{"a":[{"anything-but":1}]}}', '{"l":[{"a":1},{"a":2}]}', True)
case(t, "anything but, no element", '{"l":{"a":[{"anything-but":1}]}}', '{"l":[{"a":1},{"a":1.0}]}', False)
case(t, "anything but, with another field of the element", '{"l":{"a":[{"anything-but":1}],"b":[2]}}', '{"l":[{"a":1,"b":2},{"a":3,"b":4}]}', False)
case(t, "a choice within an array", '{"l":{"$or":[{"a":[1],"b":[2]},{"c":[3]}]}}', '{"l":[{"a":1},{"b":2}]}', False)
case(t, "a choice within an array, met", '{"l":{"$or":[{"a":[1],"b":[2]},{"c":[3]}]}}', '{"l":[{"a":1},{"c":3}]}', True)
case(t, "many elements", '{"l":{"a":[500],"b":[500]}}', '{"l":[%s]}' % ",".join('{"a":%d,"b":%d}' % (i, i) for i in range(600)), True)
case(t, "many elements, crosswise", '{"l":{"a":[500],"b":[499]}}', '{"l":[%s]}' % ",".join('{"a":%d,"b":%d}' % (i, i) for i in range(600)), False)
case(t, "many elements, every one half right", '{"l":{"a":[1],"b":[2]}}', '{"l":[%s]}' % ",".join('{"a":1,"b":1},{"a":2,"b":2}' for i in range(300)), False)
case(t, "three arrays of many elements and a field that spoils it", '{"l":{"a":[1]},"m":{"a":[1]},"n":{"a":[1],"b":[2]}}',
     '{%s}' % ",".join('"%s":[%s]' % (n, ",".join('{"a":1},{"b":2}' for i in range(8))) for n in "lmn"), False)

# ---- records as AWS sends them
t = "records"
record = {"eventID": "1", "eventName": "MODIFY", "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
          "dynamodb": {"ApproximateCreationDateTime": 1794994821, "Keys": {"Id": {"N": "42"}},
                       "NewImage": {"Id": {"N": "42"}, "status": {"S": "paid"}, "tags": {"SS": ["a", "b"]}, "address": {"M": {"city": {"S": "Porto"}, "lines": {"L": [{"S": "x"}, {"M": {"no": {"N": "5"}, "side": {"S": "left"}}}]}}}, "open": {"BOOL": False}, "none": {"NULL": True}},
                       "OldImage": {"Id": {"N": "42"}, "status": {"S": "open"}},
                       "SequenceNumber": "4521600000000032208811996", "SizeBytes": 130, "StreamViewType": "NEW_AND_OLD_IMAGES"},
          "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/Products/stream/2026-11-02T08:14:36.210"}
for note, pattern, match in [
    ("the operation", {"eventName": ["MODIFY"]}, True), ("another operation", {"eventName": ["INSERT", "REMOVE"]}, False),
    ("a text attribute", {"dynamodb": {"NewImage": {"status": {"S": ["paid"]}}}}, True), ("a text attribute without its type", {"dynamodb": {"NewImage": {"status": ["paid"]}}}, False),
    ("old and new", {"dynamodb": {"NewImage": {"status": {"S": ["paid"]}}, "OldImage": {"status": {"S": ["open"]}}}}, True),
    ("anything but what it was", {"dynamodb": {"OldImage": {"status": {"S": [{"anything-but": ["paid"]}]}}}}, True),
    ("a number attribute is a text", {"dynamodb": {"Keys": {"Id": {"N": ["42"]}}}}, True), ("a number attribute is no number", {"dynamodb": {"Keys": {"Id": {"N": [42]}}}}, False),
    ("a number attribute is in no range", {"dynamodb": {"Keys": {"Id": {"N": [{"numeric": [">", 0]}]}}}}, False),
    ("a member of a set", {"dynamodb": {"NewImage": {"tags": {"SS": ["b"]}}}}, True), ("no member of a set", {"dynamodb": {"NewImage": {"tags": {"SS": ["c"]}}}}, False),
    ("within a map", {"dynamodb": {"NewImage": {"address": {"M": {"city": {"S": [{"prefix": "Po"}]}}}}}}, True),
    ("within a list", {"dynamodb": {"NewImage": {"address": {"M": {"lines": {"L": {"S": ["x"]}}}}}}}, True),
    ("within one element of a list", {"dynamodb": {"NewImage": {"address": {"M": {"lines": {"L": {"M": {"no": {"N": ["5"]}, "side": {"S": ["left"]}}}}}}}}}, True),
    ("within two elements of a list", {"dynamodb": {"NewImage": {"address": {"M": {"lines": {"L": {"S": ["x"], "M": {"no": {"N": ["5"]}}}}}}}}}, False),
    ("a truth", {"dynamodb": {"NewImage": {"open": {"BOOL": [False]}}}}, True), ("a null", {"dynamodb": {"NewImage": {"none": {"NULL": [True]}}}}, True),
    ("an attribute is a map, which no exists matches", {"dynamodb": {"NewImage": {"status": [{"exists": True}]}}}, False),
    ("an attribute is a map, which is always absent", {"dynamodb": {"NewImage": {"status": [{"exists": False}]}}}, True),
    ("an attribute of a type", {"dynamodb": {"NewImage": {"status": {"S": [{"exists": True}]}}}}, True), ("an attribute that is missing", {"dynamodb": {"OldImage": {"tags": {"SS": [{"exists": False}]}}}}, True),
    ("removed by TTL: not this one", {"userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]}}, False),
    ("written by a user", {"userIdentity": {"type": [{"exists": False}]}}, True), ("the table", {"eventSourceARN": [{"wildcard": "*:table/Products/*"}]}, True),
    ("another table", {"eventSourceARN": [{"wildcard": "*:table/Orders/*"}]}, False), ("the size is a number", {"dynamodb": {"SizeBytes": [{"numeric": [">=", 100, "<", 200]}]}}, True),
    ("the time", {"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 1794994820.5]}]}}, True), ("the sequence number", {"dynamodb": {"SequenceNumber": ["4521600000000032208811996"]}}, True),
    ("paths with points", {"dynamodb.NewImage.status.S": ["paid"]}, True), ("an operation or an attribute", {"$or": [{"eventName": ["REMOVE"]}, {"dynamodb": {"NewImage": {"status": {"S": ["paid"]}}}}]}, True),
]:
    case(t, note, pattern, record, match)
event = {"version": "0", "id": "e1", "detail-type": "Object Created", "source": "aws.s3", "account": "123456789012", "time": "2026-11-18T13:22:07Z", "region": "eu-west-1",
         "resources": ["arn:aws:s3:::photos", "arn:aws:s3:::other"], "detail": {"bucket": {"name": "photos"}, "object": {"key": "in/a.png", "size": 5120}, "requester": "10.1.2.3"}}
for note, pattern, match in [
    ("source and type", {"source": ["aws.s3"], "detail-type": ["Object Created"]}, True), ("a prefix of the source", {"source": [{"prefix": "aws."}]}, True), ("of no service", {"source": [{"anything-but": {"prefix": "aws."}}]}, False),
    ("a resource", {"resources": ["arn:aws:s3:::other"]}, True), ("all but a resource: another one will do", {"resources": [{"anything-but": "arn:aws:s3:::other"}]}, True), ("no such resource", {"resources": ["arn:aws:s3:::x"]}, False),
    ("an ending", {"detail": {"object": {"key": [{"suffix": ".png"}]}}}, True), ("an ending in capitals", {"detail": {"object": {"key": [{"suffix": {"equals-ignore-case": ".PNG"}}]}}}, True),
    ("a path", {"detail": {"object": {"key": [{"wildcard": "in/*.png"}]}}}, True), ("a size", {"detail": {"object": {"size": [{"numeric": [">", 1024]}]}}}, True), ("a larger size", {"detail": {"object": {"size": [{"numeric": [">", 5120]}]}}}, False),
    ("a network", {"detail": {"requester": [{"cidr": "10.0.0.0/8"}]}}, True), ("another network", {"detail": {"requester": [{"cidr": "10.2.0.0/16"}]}}, False), ("the account is a text", {"account": [123456789012]}, False),
    ("all together", {"source": ["aws.s3"], "region": [{"anything-but": ["us-east-1"]}], "detail": {"bucket": {"name": ["photos"]}, "object": {"size": [{"numeric": [">", 0, "<=", 5120]}]}, "reason": [{"exists": False}]}}, True),
]:
    case(t, note, pattern, event, match)

total = 0
for topic, lines in files.items():
    with open(topic + ".ndjson", "w", encoding="utf-8") as out:
        for line in lines:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    total += len(lines)
print(total, "cases")
