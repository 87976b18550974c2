package taxonomy_test
import ("testing";"strings";"fmt";"time";"testing/fstest";"github.com/eventgen/eventgen/internal/taxonomy";"io";"github.com/eventgen/eventgen/internal/diag")
func TestZZ(t *testing.T){
 rep:=func(s string,n int)string{return strings.Repeat(s,n/len(s))}
 var keys strings.Builder
 for i:=0;keys.Len()<2<<20;i++{fmt.Fprintf(&keys,"k%d: 1\n",i)}
 var evs strings.Builder
 evs.WriteString("events:\n")
 for i:=0;evs.Len()<2<<20;i++{fmt.Fprintf(&evs,"  e%d: {propertis: {}, properties: {a: {type: strin}}}\n",i)}
 var en strings.Builder
 en.WriteString("version: 1\npackage: e\nevents: {e: {properties: {p: {type: string, enum: [")
 for i:=0;i<60000;i++{fmt.Fprintf(&en,"v%d, ",i)}
 en.WriteString("]}}}}")
 for name,s:=range map[string]string{
  "comments":rep("# c\n",2<<20),"blank":rep("\n",2<<20),"keys":keys.String(),"events":evs.String(),
  "samekey":rep("a: 1\n",2<<20),"flow":"a: ["+rep("1,",2<<20)+"]","flowmap":"a: {"+rep("b,",2<<20)+"}","quoted":"a: '"+rep("x\n ",2<<20)+"'",
  "plain":"a: "+rep("x\n ",2<<20),"lit":"a: |\n"+rep(" x\n",2<<20),"nestcom":rep("a:\n # x\n",2<<20),"esc":"a: \""+rep("\\u0041",2<<20)+"\"",
  "anch":rep("- &a b\n",2<<20),"alias":"- &a b\n"+rep("- *a\n",2<<20),"merge":rep("<<: {a: 1}\n",2<<20),"q":rep("? a\n",2<<20),"docs":rep("---\n",2<<20),
  "dirs":rep("%TAG !a! b\n",2<<20),"tags":rep("- !a b\n",2<<20),"seqcom":rep("- a # x\n",2<<20),"enum":en.String(),"longline":"a: "+rep("x",2<<20),"trail":rep("a: 1 # x\n# y\n\n",2<<20),
  "imports":"version: 1\npackage: e\nimports: ["+rep("a,",1<<20)+"]","include":"version: 1\npackage: e\nevents: {e: {include: ["+rep("a,",1<<18)+"]}}",
  "nolint":"version: 1\npackage: e\nevents: {e: {no_lint: ["+rep("N999,",1<<18)+"]}}",
  "dest":"version: 1\npackage: e\nevents: {e: {destinations: ["+rep("log,",1<<18)+"]}}",
  "ex":"version: 1\npackage: e\nevents: {e: {properties: {p: {type: integer, examples: ["+rep("1,",1<<20)+"]}}}}",
 }{
  st:=time.Now()
  fs:=fstest.MapFS{"events.yaml":{Data:[]byte(s)}}
  _,f,err:=taxonomy.Load(fs,"events.yaml")
  a:=time.Since(st)
  st=time.Now()
  diag.Text{Source:func(string)[]byte{return []byte(s)}}.Write(io.Discard,f)
  fmt.Printf("%10s %8d %v %d findings %v print %v\n",name,len(s),a,len(f),err,time.Since(st))
 }
}
