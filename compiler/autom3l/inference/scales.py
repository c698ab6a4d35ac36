"""Ordered vocabularies: words that are steps of one scale, from low to high.

"<" parts the ranks and "," the spellings of a rank; a blank line ends a scale. Cells
are compared in lower case, with signs read as blanks.
"""

from __future__ import annotations

_TEXT = """
none, no, zero, nil < very low, vlow, lowest, minimal, trivial < low, lo, minor
< medium low, low medium, below average < medium, med, moderate, mid, middle, average,
normal, typical < medium high, high medium, above average < high, hi, major
< very high, vhigh, severe < extreme, critical, highest, urgent, blocker

xxs, extra extra small < xs, extra small, tiny < s, small, sm < m, medium, med, md, mid
< l, large, lg, big < xl, extra large, x large, very large, huge, giant
< xxl, 2xl, extra extra large < xxxl, 3xl

very short < short < medium, average, mid < long, tall < very long, very tall

very bad, very poor, terrible, awful < bad, poor, below average, po
< fair, fa, mediocre, below standard
< average, ok, okay, acceptable, neutral, regular, typical, ta, satisfactory, medium
< good, gd, above average < very good, vgood, great
< excellent, ex, outstanding, superb, premium < ideal, perfect

strongly disagree, completely disagree < disagree
< somewhat disagree, slightly disagree, rather disagree
< neutral, neither agree nor disagree, neither, undecided, no opinion
< somewhat agree, slightly agree, rather agree < agree
< strongly agree, completely agree

very dissatisfied, extremely dissatisfied < dissatisfied, unsatisfied
< somewhat dissatisfied < neutral, neither satisfied nor dissatisfied
< somewhat satisfied < satisfied < very satisfied, extremely satisfied

very unlikely, extremely unlikely < unlikely < neutral, maybe, possible, possibly
< likely, probable < very likely, extremely likely, certain

very unimportant, not at all important, not important, unimportant
< slightly important, less important < neutral, moderately important, important
< very important < extremely important, essential, critical

never, none < almost never, very rarely < rarely, seldom
< occasionally, once in a while < sometimes < often, frequently, regularly
< usually, most of the time, very often < almost always < always

daily < weekly < biweekly, fortnightly < monthly < quarterly
< semiannually, half yearly < yearly, annually, annual

beginner, novice, entry, entry level, junior, basic, elementary, en
< intermediate, mid, mid level, associate, mi < advanced, senior, mid senior level,
proficient, se < expert, lead, principal, director, master < executive, ex

easy < medium, moderate, normal < hard, difficult < very hard, very difficult, expert

cold, freezing < cool < mild, lukewarm < warm < hot < very hot

slow < medium, normal, moderate < fast < very fast

young, child, baby, infant, kid < teen, teenager, adolescent, juvenile
< young adult, youth < adult, middle aged < senior, old, elderly

healthy, fine < minor, minor injury, mild, sick < moderate
< serious, serious injury, severe, major < critical, dying, dead, fatal

info, informational, debug < notice < warning, warn < error < critical, fatal

bronze, basic, free < silver, standard, plus < gold, premium, pro
< platinum, enterprise < diamond, ultimate

first, 1st < second, 2nd < third, 3rd < fourth, 4th, fourth & above < fifth, 5th
< sixth, 6th

preschool < kindergarten < 1st 4th < 5th 6th < 7th 8th < 9th, 9th grade
< 10th, 10th grade < 11th, 11th grade < 12th, 12th grade, some high school
< hs grad, high school, highschool, high school graduate, high school diploma, ged,
secondary, secondary education, secondary school, graduated high school
< some college, some university, college < assoc voc, vocational, diploma
< assoc acdm, associate, associates, associates degree, associate degree
< bachelor, bachelors, bachelors degree, bachelor degree, undergraduate, graduate,
university, university degree, graduation
< master, masters, masters degree, master degree, mba, postgraduate, post graduate
< prof school, professional, professional degree
< doctorate, phd, doctoral, doctoral degree, doctor

none, no education < primary, primary school, primary education, elementary, basic
< secondary, secondary school, secondary education, high school
< tertiary, higher, higher education, university

january, jan < february, feb < march, mar < april, apr < may < june, jun < july, jul
< august, aug < september, sep, sept < october, oct < november, nov < december, dec

monday, mon < tuesday, tue, tues < wednesday, wed < thursday, thu, thur, thurs
< friday, fri < saturday, sat < sunday, sun

q1 < q2 < q3 < q4

i3 < i2 < i1 < si2 < si1 < vs2 < vs1 < vvs2 < vvs1 < if < fl

unacc < acc < good < vgood
"""

SCALES: tuple[tuple[tuple[str, ...], ...], ...] = tuple(
    tuple(
        tuple(" ".join(word.split()) for word in rank.split(","))
        for rank in scale.split("<")
    )
    for scale in _TEXT.strip().split("\n\n")
)

# (false, true)
ANSWERS = (
    ("no", "yes"),
    ("n", "y"),
    ("false", "true"),
    ("f", "t"),
    ("0", "1"),
    ("0.0", "1.0"),
    ("off", "on"),
    ("absent", "present"),
    ("negative", "positive"),
    ("neg", "pos"),
    ("inactive", "active"),
    ("disabled", "enabled"),
    ("unchecked", "checked"),
    ("fail", "pass"),
    ("failed", "passed"),
    ("unwahr", "wahr"),
    ("falsch", "wahr"),
    ("faux", "vrai"),
    ("falso", "verdadero"),
    ("falso", "verdadeiro"),
    ("falso", "vero"),
    ("non", "oui"),
    ("no", "si"),
    ("no", "sí"),
    ("no", "sì"),
    ("nein", "ja"),
    ("nee", "ja"),
    ("nej", "ja"),
    ("nei", "ja"),
    ("não", "sim"),
    ("nao", "sim"),
    ("nu", "da"),
    ("ne", "da"),
    ("ne", "ano"),
    ("nie", "áno"),
    ("nie", "tak"),
    ("nem", "igen"),
    ("ei", "kyllä"),
    ("hayır", "evet"),
    ("hayir", "evet"),
    ("tidak", "ya"),
    ("không", "có"),
    ("нет", "да"),
    ("не", "да"),
    ("ні", "так"),
    ("όχι", "ναι"),
    ("לא", "כן"),
    ("لا", "نعم"),
    ("否", "是"),
    ("いいえ", "はい"),
    ("아니요", "예"),
)
