"""How values of the front matter are called on the site and in documents: content is Chinese first."""

GUIDE_TYPES = {
    "installation": "安装",
    "commissioning": "调试验收",
    "operation": "操作",
    "inspection": "检查",
    "maintenance": "保养",
    "adjustment": "调整",
    "diagnosis": "诊断",
    "repair": "维修",
    "replacement": "更换",
}
DIFFICULTIES = {"easy": "容易", "moderate": "中等", "difficult": "困难"}
SKILLS = {
    "operator": "操作者",
    "electrician": "电工",
    "mechanic": "机修工",
    "service_engineer": "服务工程师",
    "specialist": "专家",
}
RESPONSIBLE = {
    "operator": "操作者",
    "maintenance": "用户维修人员",
    "service": "服务工程师",
    "maker": "机床厂家",
}
