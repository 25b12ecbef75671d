"""Makes the files of this folder with LibreOffice; run on a machine that has it: `python tests/data/imports/make.py`."""

import base64
import io
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).parent


def picture(colour: str, format: str) -> str:
    image = Image.new("RGB", (160, 90), colour)
    ImageDraw.Draw(image).rectangle((20, 20, 140, 70), outline="white", width=4)
    out = io.BytesIO()
    image.save(out, format)
    return f"data:image/{format.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"


TWO_CASES = f"""<html><head><meta charset="utf-8"><title>维修案例</title></head><body>
<h1>FANUC 0i 立式加工中心 X 轴 SV0401 报警</h1>
<h2>一、故障现象</h2>
<p>开机后屏幕显示 <b>SV0401</b>，X 轴不动，按复位清不掉。</p>
<p><img src="{picture("navy", "PNG")}" alt="报警画面"></p>
<h2>二、机床信息</h2>
<p>FANUC 0i-MF，2018 年出厂。</p>
<h2>三、故障原因</h2>
<p>24 V 电源老化，使能瞬间跌到 21 V。</p>
<h2>四、解决措施</h2>
<ol><li>量 24 V 空载与带载电压</li><li>更换电源<ul><li>先断电上锁</li></ul></li></ol>
<table border="1"><tr><th>测点</th><th>空载</th><th>带载</th></tr>
<tr><td>电源输出</td><td>24.1 V</td><td>21.0 V</td></tr>
<tr><td>放大器插头</td><td colspan="2">23.9 V | 20.8 V</td></tr></table>
<h2>五、费用说明</h2>
<p>本次更换在保修期内。</p>
<h2>六、验证结果</h2>
<p>连续急停十次，没有再报警。</p>
<h2>七、经验总结</h2>
<p>电源用满五年就列入更换。</p>
<h1>西门子 828D 数控车床 报警 25050</h1>
<h2>问题描述</h2>
<p>车外圆时出 25050 报警 X1，轮廓监控。</p>
<p><img src="{picture("darkgreen", "JPEG")}" alt="丝杠"></p>
<h2>处理方法</h2>
<p>清理丝杠护罩里的切屑，重新润滑。</p>
</body></html>
"""

BY_HAND = """<html><head><meta charset="utf-8"></head><body>
<p style="text-align:center"><b>数显表乱跳处理记录</b></p>
<p><b>故障现象：</b>Y 轴数显不动时自己跳数。</p>
<p><b>故障原因：</b>屏蔽层两端接地。</p>
<p><b>处理方法：</b>表端一点接地，另一端剪开包好。</p>
<p>换线后复核长度。</p>
</body></html>
"""

OTHER_TYPES = f"""<html><head><meta charset="utf-8"></head><body>
<h1>车床尾座对中调整</h1>
<p>尾座中心偏了，外圆车出锥度时做。</p>
<h2>工具与材料</h2>
<p>百分表、磁力表座、检验棒</p>
<h2>操作步骤</h2>
<ol><li>主轴停稳，断电上锁。</li><li>装检验棒，清洁锥孔
<img src="{picture("navy", "PNG")}" alt="检验棒"></li><li>沿 Z 轴移动百分表，记两端读数之差</li></ol>
<h2>验收</h2>
<p>锁紧套筒以后再量一次，读数不变。</p>
<h1>SYNTEC 报警 OP-777</h1>
<h2>报警含义</h2>
<p>演示用的报警。</p>
<h2>系统反应</h2>
<p>进给停止。</p>
<h2>处理方法</h2>
<ul><li>看提示行</li><li>按复位</li></ul>
<h1>数控车床每周点检表</h1>
<table border="1"><tr><th>序号</th><th>检查项目</th><th>检查方法</th><th>判定标准</th></tr>
<tr><td>1</td><td>导轨油位</td><td>目视</td><td>两线之间</td></tr>
<tr><td>2</td><td>刮屑板</td><td>手摸</td><td>不翘边</td></tr></table>
</body></html>
"""

CELL = "office:value-type"
SHEET = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"
 xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:automatic-styles>
<number:date-style style:name="N1"><number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="N1"/></office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="案例">
<table:table-row><table:table-cell {CELL}="string" table:number-columns-spanned="7"><text:p>2025 年维修记录</text:p></table:table-cell></table:table-row>
<table:table-row>{"".join(f'<table:table-cell {CELL}="string"><text:p>{name}</text:p></table:table-cell>' for name in ("日期", "设备型号", "报警号", "故障现象", "原因分析", "处理措施", "停机小时", "客户"))}</table:table-row>
<table:table-row>
<table:table-cell table:style-name="day" {CELL}="date" office:date-value="2025-03-02"/>
<table:table-cell {CELL}="string" table:number-rows-spanned="2"><text:p>立式加工中心 FANUC 0i-MF</text:p></table:table-cell>
<table:table-cell {CELL}="string"><text:p>SV0401</text:p></table:table-cell>
<table:table-cell {CELL}="string"><text:p>开机报警，轴不动</text:p></table:table-cell>
<table:table-cell {CELL}="string"><text:p>急停链触点松</text:p></table:table-cell>
<table:table-cell {CELL}="string"><text:p>更换触点</text:p></table:table-cell>
<table:table-cell table:formula="of:=1.5*2" {CELL}="float" office:value="3"/>
<table:table-cell {CELL}="string"><text:p>甲公司</text:p></table:table-cell></table:table-row>
<table:table-row>
<table:table-cell table:style-name="day" {CELL}="date" office:date-value="2025-04-11"/><table:covered-table-cell/>
<table:table-cell {CELL}="string"><text:p>SP9031</text:p></table:table-cell>
<table:table-cell table:formula="of:=&quot;主轴&quot;&amp;&quot;堵转&quot;" {CELL}="string" office:string-value="主轴堵转"><text:p>主轴堵转</text:p></table:table-cell>
<table:table-cell {CELL}="string"><text:p>皮带断</text:p></table:table-cell>
<table:table-cell {CELL}="string"><text:p>更换皮带</text:p></table:table-cell>
<table:table-cell {CELL}="float" office:value="6"/></table:table-row>
<table:table-row>
<table:table-cell table:style-name="day" {CELL}="date" office:date-value="2025-05-20"/>
<table:table-cell {CELL}="string"><text:p>数控车床</text:p></table:table-cell>
<table:table-cell/><table:table-cell/>
<table:table-cell {CELL}="string"><text:p>只写了原因</text:p></table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document>
"""


def convert(source: str, name: str, target: str, *more: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text(source, encoding="utf-8")
        command = ["soffice", "--headless", *more, "--convert-to", target, "--outdir", str(HERE), str(file)]
        subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    writer = "--infilter=HTML (StarWriter)"
    convert(TWO_CASES, "two_cases.html", "docx:MS Word 2007 XML", writer)
    convert(BY_HAND, "by_hand.html", "docx:MS Word 2007 XML", writer)
    convert(OTHER_TYPES, "other_types.html", "docx:MS Word 2007 XML", writer)
    convert(SHEET, "cases.fods", "xlsx:Calc MS Excel 2007 XML")
