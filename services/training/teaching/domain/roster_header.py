"""The headings of a roster, as institutions write them."""

from services.kit.intake.headings import Headings

HEADINGS = Headings(
    {
        "display_name": ("姓名", "学员姓名", "学生姓名", "名字", "name"),
        "national_id": (
            "身份证号",
            "身份证号码",
            "身份证",
            "公民身份号码",
            "居民身份证号",
            "居民身份证号码",
            "证件号码",
            "证件号",
            "idnumber",
        ),
        "phone": (
            "手机",
            "手机号",
            "手机号码",
            "联系电话",
            "联系方式",
            "电话",
            "电话号码",
            "移动电话",
            "phone",
        ),
        "employer": (
            "单位",
            "工作单位",
            "所在单位",
            "单位名称",
            "工作单位或学校",
            "所在单位或学校",
            "学校",
            "employer",
        ),
        "education": ("学历", "最高学历", "文化程度", "学历层次", "education"),
        "birth_date": ("出生日期", "出生年月", "出生年月日", "生日", "birthdate"),
        "enrolled_on": ("报名日期", "报名时间", "入班日期", "入学日期", "报到日期", "enrolledon"),
    },
    required=("display_name", "national_id"),
    passed_over=("序号", "编号", "no"),
)
