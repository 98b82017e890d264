package catalogue_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"motcua/queue/catalogue"
)

// keystroke is what one letter in the search field may cost, in CPU time.
const keystroke = 2 * time.Millisecond

// national makes as many procedures as the national portal has, with names as
// long as its own.
func national() *catalogue.Catalogue {
	acts := strings.Split("Cấp,Cấp lại,Cấp đổi,Gia hạn,Điều chỉnh,Thu hồi,Đăng ký,Xóa đăng ký,Thẩm định,Phê duyệt,Công nhận,Chứng thực,Thông báo,Hỗ trợ,Xác nhận", ",")
	things := strings.Split("giấy phép xây dựng,giấy chứng nhận đủ điều kiện kinh doanh,giấy khai sinh,kết hôn,khai tử,hộ kinh doanh,quyền sử dụng đất,"+
		"chứng chỉ hành nghề,phương tiện thủy nội địa,thường trú,tạm trú,báo cáo đánh giá tác động môi trường,thẻ căn cước,hợp tác xã,dự án đầu tư", ",")
	cases := strings.Split("có yếu tố nước ngoài,tại khu vực biên giới,cho cá nhân và hộ gia đình,cho tổ chức thuộc phạm vi quản lý của bộ,"+
		"trong trường hợp bị mất hoặc hư hỏng,thuộc thẩm quyền của Ủy ban nhân dân cấp xã,đối với người Việt Nam định cư ở nước ngoài,theo quy định của luật mới", ",")
	var list []catalogue.Procedure
	for i := range 5700 {
		name := fmt.Sprintf("%s %s %s số %d", acts[i%len(acts)], things[i/15%len(things)], cases[i/225%len(cases)], i)
		list = append(list, procedure(fmt.Sprintf("%d.%06d", i%3+1, i), name, "", cases[i%len(cases)]))
	}
	return catalogue.New("1", list)
}

// BenchmarkKeystroke types queries letter by letter into a search over 5,700
// procedures; the dearest letter is reported against what one may cost.
func BenchmarkKeystroke(b *testing.B) {
	cat := national()
	for _, query := range []string{"đăng ký khai sinh", "giay phep xay dung", "dk kinh doanh", "chungs thực bản sao", "1.001193", "c"} {
		b.Run(query, func(b *testing.B) {
			var typed []string
			for i := range query {
				typed = append(typed, query[:i])
			}
			typed = append(typed, query)
			worst := time.Duration(0)
			n := 0
			for b.Loop() {
				least := time.Duration(0) // of several tries: others use the machine too
				for range 3 {
					begin := time.Now()
					cat.Search(typed[n%len(typed)], today, 20)
					if took := time.Since(begin); least == 0 || took < least {
						least = took
					}
				}
				worst = max(worst, least)
				n++
			}
			b.ReportMetric(float64(worst.Microseconds()), "dearest-µs")
			b.ReportMetric(float64(worst)/float64(keystroke), "of-limit")
		})
	}
}

func BenchmarkIndex(b *testing.B) {
	list := national().Procedures
	for b.Loop() {
		catalogue.New("1", list)
	}
}
