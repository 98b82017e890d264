package cut

// Rule is a rule of the office under partition that a run can leave out, to see
// that it is caught. The rules are left out here, in what the simulation does
// around the real code; the code itself knows nothing of it.
type Rule string

// The mutants: without each of these something must break.
const (
	// M1: an answer is sent only when what it says is on disk.
	CommitFirst Rule = "M1"
	// M2: a number names its hub's term.
	TermInNumber Rule = "M2"
	// M3: nobody obeys a lower term than it has seen.
	HighestTerm Rule = "M3"
	// M4: the same command again gets the stored answer.
	StoredAnswers Rule = "M4"
	// M5: what was merged once is not merged again.
	MergeOnce Rule = "M5"
	// M6: official dossier codes wait for the predecessor's hand-over.
	CodesWait Rule = "M6"
	// M7: a number that was given up is void.
	GivenUpIsVoid Rule = "M7"
	// M9: a device remembers the numbers that it gave.
	OwnNumbers Rule = "M9"
	// M10: terminals offer what only they remember of a lost hub (R10).
	CopiesOffered Rule = "M10"
	// M11: a hub steps down before it hands over, not after (R4).
	RetireFirst Rule = "M11"
	// M12: what a person was told is on disk before (field.Step).
	KeepFirst Rule = "M12"
)

// Mutants lists every rule that can be left out, with what it says.
func Mutants() map[Rule]string {
	return map[Rule]string{
		CommitFirst:   "answer before commit",
		TermInNumber:  "number without the term",
		HighestTerm:   "obey any term",
		StoredAnswers: "no stored answers",
		MergeOnce:     "no dedupe on import",
		CodesWait:     "official codes at once after promotion",
		GivenUpIsVoid: "no void of what was given up",
		OwnNumbers:    "device forgets its own numbers",
		CopiesOffered: "copies are not offered to a new term",
		RetireFirst:   "hub hands over before it steps down",
		KeepFirst:     "terminal acts before it keeps",
	}
}
