package queue

// Station is a device that the office knows, with the number series that is its
// own: a kiosk's emergency numbers "X1-001", a counter's paper roll "Q1-001".
// The series belongs to the device for good and goes to no other, so that it
// may give numbers while nobody answers (R1).
type Station struct {
	Role   string `json:"role"`
	Series string `json:"series"` // "X1"
}

// Roles of AdmitDevice.
const (
	RoleKiosk   = "kiosk"
	RoleCounter = "counter"
)

// Letters that no service may have: they begin a device's own series.
const (
	letterKiosk   = "X"
	letterCounter = "Q"
)

// AdmitDevice makes the calling device known, at its first contact, and gives
// it the series of its own. Sent again it has no second effect.
type AdmitDevice struct {
	Role string `json:"role"`
}

// Name implements Command.
func (AdmitDevice) Name() string { return "device.admit" }

// DeviceAdmitted gives a device its series.
type DeviceAdmitted struct {
	Device string `json:"device"`
	Role   string `json:"role"`
	Series string `json:"series"`
}

// Kind implements Event.
func (DeviceAdmitted) Kind() string { return "device.admitted" }
