"""What each score is called, what it means, and what is good: words for who never met it before."""

from workbench.core.metrics import CHRF, EXACT_MATCH, EXACT_SETS, INVENTED, METRICS, MICRO_F1

Words = tuple[str, str]
"""What a score is called, with the field's term in brackets; what it means, and what is good here."""
CATEGORIES: dict[str, Words] = {
    "balanced_accuracy": (
        "right answers, averaged over the categories (balanced accuracy)",
        "Each category counts the same, however often it comes. Much lower than the right answers "
        "means that rare categories go wrong; good is close to them.",
    ),
    "macro_f1": (
        "right answers, every category counts the same (macro-F1)",
        "The mean over categories of F1, which also falls when a category is named too often. Good is "
        "close to the right answers; much lower means that rare categories go wrong.",
    ),
    "weighted_f1": (
        "right answers, by how often a category comes (weighted F1)",
        "The same mean, each category counting as often as it comes. Usually close to the right "
        "answers; lower means that some categories are named too often.",
    ),
}
SETS: dict[str, Words] = {
    MICRO_F1: (
        METRICS[MICRO_F1].title,
        "Of all categories that you or the model name, twice the share of those that both name; it "
        "falls with each one missed and each one too many. Frequent categories count the most.",
    ),
    "macro_f1": (
        "the same, every category counts alike (macro-F1)",
        "The mean of F1 over the categories. Much lower than the first means that rare categories are "
        "missed or given too often: look at 'By category'.",
    ),
    EXACT_SETS: (
        METRICS[EXACT_SETS].title,
        "Every category of the text, and none too many (subset accuracy). Strict: one slip spoils a "
        "text, so it lies below the others.",
    ),
}
TEXTS: dict[str, Words] = {
    CHRF: (
        METRICS[CHRF].title,
        "Pieces of up to six letters in common with your own answers. Of 100, which only your very "
        "words reach; what counts is being above before training.",
    ),
    "rouge_1": (
        "words in common with your own answers, of 100 (ROUGE-1)",
        "Single words in common, in any order. Above 40 is a lot where answers may be worded freely; "
        "compare it with before training.",
    ),
    "rouge_2": (
        "pairs of words in common, of 100 (ROUGE-2)",
        "Two words in a row in common: closer to the wording, so always lower than single words.",
    ),
    "rouge_l": (
        "words in common with your own answers, in their order, of 100 (ROUGE-L)",
        "The longest sequence of words that both have, gaps allowed. Usual for summaries.",
    ),
    "bleu": (
        "runs of words in common, of 100 (BLEU)",
        "Runs of one to four words that stand in your answers, less for answers that are too short. "
        "Made for translations; below 10 little is worded alike, above 40 most is.",
    ),
    "likeness": (
        "likeness in meaning to your own answers, up to 1 (cosine)",
        "How near both lie for a small model that reads meaning rather than letters, English best. "
        "Above 0.8 both say much the same; it does not see a wrong number or a missing 'not'.",
    ),
    EXACT_MATCH: (
        METRICS[EXACT_MATCH].title,
        "Your own answer, but for blanks. Only short answers are often met to the letter, so a low "
        "share is no fault of long ones.",
    ),
    INVENTED: (
        METRICS[INVENTED].title,
        "Such answers may be right, but nobody told the model: check them before use. Smaller is "
        "better.",
    ),
    "length_ratio": (
        "words for each word of your own answers (length ratio)",
        "1 is as long as yours. Far below, answers leave things out; far above, they ramble or do "
        "not find an end.",
    ),
    "repetition": (
        "runs of four words that it repeats (repetition)",
        "The share that had been in the same answer before; in your own answers it is {}. Well above "
        "that the model goes round in circles.",
    ),
}
FIELDS: dict[str, Words] = {
    EXACT_MATCH: (
        METRICS[EXACT_MATCH].title,
        "Every field of an answer right and none too much; blanks and the order of fields do not "
        "count. A single wrong field spoils an answer, so look at the fields, too.",
    ),
    "fields_right": (
        "fields that are right (field accuracy)",
        "Of the fields that your answers fill, the share that is met: texts exactly but for blanks, "
        "numbers and dates by their value, lists with the same items. Good depends on who uses them: "
        "at 95 %, one field in twenty has to be mended.",
    ),
    "fields_near": (
        "how near its texts come (chrF of fields that are texts)",
        "The likeness of the texts in fields to yours, character by character; nothing counts as 0. "
        "100 % is the same text. Well above the share that is right, it is often letters that differ.",
    ),
    "fields_missing": (
        "fields that it leaves out (missing)",
        "Of the fields that your answers fill, the share where the model says nothing. Smaller is "
        "better; an empty field is easier to notice than a wrong one.",
    ),
    "fields_wrong": (
        "fields with another value (wrong)",
        "Of the fields that your answers fill, the share where it says something else. Smaller is "
        "better: these are the errors that nobody notices.",
    ),
    "fields_too_much": (
        "fields too many, for each wanted one (spurious)",
        "Fields that it fills although your answer does not, for each one that yours fills. Smaller "
        "is better.",
    ),
    "readable": (
        "answers that a program can read (valid JSON)",
        "The share that is an object of fields at all. Good is all of them: anything else breaks the "
        "program behind it.",
    ),
}
CALLS: dict[str, Words] = {
    "calls_right": (
        "right calls, with every input right",
        "Of the questions where a tool was to be called, those with exactly the wanted calls: the right "
        "tool and the same values. Only these can be carried out as they are.",
    ),
    "calls_right_tool": (
        "called the right tool",
        "Of the same questions, those with the right tool, whatever its inputs.",
    ),
    "calls_made": (
        "called a tool where one was to be called",
        "Of the same questions, those with any call at all (recall).",
    ),
    "calls_withheld": (
        "called none where none was to be called",
        "Of the questions that were to be answered in words, those without a call (specificity).",
    ),
    "call_inputs_right": (
        "inputs with the right value (arguments)",
        "Of all wanted inputs, those with the same value; those of calls that were not made count as "
        "missing.",
    ),
    "call_inputs_missing": ("inputs that are missing", "Of all wanted inputs. Smaller is better."),
    "call_inputs_wrong": (
        "inputs with another value",
        "Of all wanted inputs; harder to notice than a missing one. Smaller is better.",
    ),
    "call_inputs_too_much": (
        "inputs that nobody wanted",
        "For each wanted input, inputs that your own call does not have. Smaller is better.",
    ),
    "calls_parse": (
        "calls that can be read",
        "Of the answers that call something, those whose calls are all whole and valid JSON.",
    ),
}
