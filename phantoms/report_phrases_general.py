"""The words that every report shares: headers, frames that a finding is put into, doubt, comparison, technique."""

# Headers in the order indication, technique, comparison, findings, impression; each set is one department's.
HEADERS = (
    ("INDICATION", "TECHNIQUE", "COMPARISON", "FINDINGS", "IMPRESSION"),
    ("CLINICAL HISTORY", "TECHNIQUE", "COMPARISON", "FINDINGS", "CONCLUSION"),
    ("REASON FOR EXAM", "PROCEDURE", "COMPARISON", "FINDINGS", "IMPRESSION"),
    ("Clinical information", "Technique", "Comparison", "Findings", "Opinion"),
    ("History", "Technique", "Prior studies", "Report", "Conclusion"),
    ("INDICATION", "TECHNIQUE", "COMPARISON", "FINDINGS", "SUMMARY"),
)

# What a description is put into. {np}: with article, place and size; {bare}: without article; {be}: is or are.
FRAMES = (
    "there {be} {np}",
    "there {be} {np}",
    "there {be} {np}",
    "[note is made of|we see|images show|images demonstrate|the [study|examination|scan] [shows|demonstrates]] {np}",
    "{np} {be} [seen|present|noted|demonstrated|identified|visualised|evident]",
    "{np} {be} [seen|present|noted|demonstrated|identified|shown]",
    "[the main finding is|most notable is] {np}",
)
FRAMES_AGAIN = (
    "again [seen|noted|demonstrated] {be} {np}",
    "there {be} again {np}",
    "{np} {be} again [seen|noted|demonstrated|identified]",
    "the known {bare} {be} [again seen|redemonstrated]",
)
FRAMES_BY_PLACE = ("{where}[,|] there {be} {np}", "{where}[,|] {np} {be} [seen|present|identified|noted]")

# What is concluded. {named}: name and place, without article.
CONCLUSIONS = (
    "{named}",
    "{named}",
    "{named}, {size}",
    "[findings|appearances|[imaging |]features] [consistent with|in keeping with|suggestive of] {named}",
    "[findings|appearances] are [most |][consistent with|in keeping with|compatible with] {named}[, {size}|]",
    "[likely|probable|presumed] {named}",
    "{size} {named}",
    "[imaging|MRI] [evidence|features] of {named}",
    "{named} [as described|as above|, as detailed above]",
)

# Since when: what a change is measured against.
_SINCE = "[since|compared with] the [prior|previous] [study|examination|MRI]"

# What is concluded at a follow-up: grown, shrunk, unchanged, new.
CONCLUDED_GROWN = (
    "interval [growth|enlargement|increase in size] of {named}",
    "{named}, which has [increased in size|progressed]",
)
CONCLUDED_SHRUNK = (
    "interval [regression|decrease in size] of {named}",
    "{named}, which has [decreased in size|regressed]",
)
CONCLUDED_UNCHANGED = ("[unchanged|stable] {named}", "{named}, [unchanged|stable][ in the interval|]")
CONCLUDED_NEW = ("new {named}",)

# How a finding compares with the prior study; {old}: its size there.
GROWN = (
    "[it|this] has [increased in size|enlarged|grown] " + _SINCE + ", previously {old}",
    "[it|this] has [increased in size|progressed][ in the interval|], previously [measuring |]{old}",
    "interval [increase in size|growth|enlargement], previously {old}",
)
SHRUNK = (
    "[it|this] has [decreased in size|shrunk|regressed] " + _SINCE + ", previously {old}",
    "interval [decrease in size|regression|reduction], previously [measuring |]{old}",
)
UNCHANGED = (
    "[it|this] is [unchanged|stable|unchanged in size] " + _SINCE,
    "[unchanged|stable] [in the interval|from before]",
    "no [significant |appreciable |]interval change[ in size|]",
)
NEW = (
    "[it|this] is new " + _SINCE,
    "[this is|it is] a new finding",
)
# A finding of the prior study that is gone; {bare}: what it was called, without size.
RESOLVED = (
    "the previously [seen|described|noted] {bare} [is no longer [seen|visible|present]|has resolved]",
    "[interval|complete] resolution of the [known|previously seen] {bare}",
)

# Denials: of one thing {x}, or of several {list} joined by "or".
DENIALS = (
    "[no|no evidence of|no MR evidence of|there is no|there is no evidence of|no sign of|no features of] {x}",
    "[no|no evidence of] {x}[ is [seen|identified|demonstrated]|]",
    "{x} is not [seen|identified|demonstrated]",
    "[the [study|examination] is |]negative for {x}",
    "no convincing {x}",
)
DENIALS_OF_SEVERAL = (
    "[no|no evidence of|there is no|there is no evidence of] {list}",
    "no {list}[ is [seen|identified]|]",
    "[the [study|examination] is |]negative for {list}",
)

TECHNIQUES = (
    "[MRI|MR imaging|Magnetic resonance imaging] of the {region} [at|on a] {field}[ system|]: {listed} "
    "[images|series] were [obtained|acquired]{given}",
    "[Multiplanar multisequence|Multiplanar, multisequence|Routine] MRI of the {region} was [performed|obtained] at "
    "{field}{given}, including {listed} [series|sequences|images]",
    "{field} [examination|study] of the {region}{given}. Sequences: {listed}",
    "{listed}{given}, {field} [scanner|magnet]",
    "[Standard|Departmental] {region} protocol at {field}: {listed}{given}",
)
NO_CONTRAST = (" without [intravenous |IV |]contrast", " [non-contrast|unenhanced]", "")
CONTRAST = (" [after|following] [intravenous |IV |]{agent}", " before and after [IV |]{agent}")
NO_PRIOR = ("None[ available|]", "No prior [studies|imaging|MRI] [available |]for comparison", "Nil")
PRIOR = (
    "MRI [of|dated|from] {date}",
    "[Comparison is made with|Compared with] the [prior|previous] MRI of {date}",
    "[Prior|Previous] examination {date}",
)

UNREMARKABLE = (
    "[normal|unremarkable] MRI of the {region}",
    "[no significant|no acute] abnormality[ of the {region}| [detected|identified]|]",
    "[normal|unremarkable] [study|examination][ of the {region}|]",
    "[MRI of the {region} is|the examination is] within normal limits",
    "no [explanation|cause] for the [symptoms|patient's symptoms] [is identified|identified|seen]",
    "[negative|normal] {region} MRI",
)
