// Package worktime counts working time: when an office works, when a deadline
// falls, how long a pause was.
//
// Nothing about a year or an office is written here. Sessions, holidays, days
// in lieu and worked Saturdays come in as a Table with validity dates; a year
// that the table does not know is an error, never a guess. All reckoning is in
// Vietnam's time, a fixed +07:00, so no machine's zone and no zone database
// changes an answer. The package is PURE.
package worktime
